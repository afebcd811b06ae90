"""The model answer of the lab: LeNet5, the garbage classifier and a sample class made with them."""
