"""The garbage classifier of the lab: 26 classes in 4 groups."""
