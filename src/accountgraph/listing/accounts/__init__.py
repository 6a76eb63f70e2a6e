"""The table of accounts: which it shows, in which order and columns; as people save it; and its rows, a page at a time."""
