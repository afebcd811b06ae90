"""Golden hand-ins: each a folder below `cases`, and what has to come of it."""
