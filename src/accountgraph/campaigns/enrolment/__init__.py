"""Who goes through a campaign: audiences, enrolling, and leads that come one by one."""
