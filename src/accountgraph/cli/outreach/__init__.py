"""The commands of campaigns and of the work around them, a file a group or a part of one."""
