NAME = "dataset"
