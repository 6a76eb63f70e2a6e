"""The command line: it parses, calls and formats; no rule lives here. One file a group of commands."""
