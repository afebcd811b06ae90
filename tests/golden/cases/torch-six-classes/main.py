import torch

classes = ["向日葵", "玫瑰", "郁金香", "蒲公英", "雏菊", "兰花草"]
w = torch.linspace(0, 5, 6)


def predict(image):
    x = float(image[..., 0].mean()) / 40
    return classes[int((w * x - w ** 2 / 2).argmax())]
