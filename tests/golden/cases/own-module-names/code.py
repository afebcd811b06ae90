NAME = "code"
