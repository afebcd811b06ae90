"""LeNet5 of the lecture, on MNIST."""
