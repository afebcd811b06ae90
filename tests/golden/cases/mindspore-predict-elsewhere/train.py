def train(fold):
    raise RuntimeError("no data set to train on")
