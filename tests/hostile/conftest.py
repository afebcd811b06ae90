"""Keeps pytest from looking into the cases: what lies there is run confined or not at all."""

collect_ignore = ["cases"]
