"""Understanding what comes in, offline and the same every time. Nothing here knows a database, a network or a clock."""
