"""The commands of campaigns and leads, in the order of a campaign's life."""
