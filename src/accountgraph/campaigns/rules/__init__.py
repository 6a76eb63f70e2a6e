"""The rules of a campaign, one subject a module. Pure: what they need is given to them, the time too."""
