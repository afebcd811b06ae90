"""Some submissions have files whose names look like tests."""

collect_ignore = ["cases"]
