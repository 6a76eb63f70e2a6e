"""The repositories: SQL calls, typed rows in and out. One file an entity."""
