import torch


net = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.LazyLinear(26))


@torch.no_grad()
def predict(inputs):
    n, c, h, w = inputs.size()
    assert c == 3
    return net(inputs).argmax(1)
