import numpy as np

names = {
    0: 'Plastic Bottle', 1: 'Hats', 2: 'Newspaper', 3: 'Cans', 4: 'Glassware',
    5: 'Glass Bottle', 6: 'Cardboard', 7: 'Basketball', 8: 'Paper', 9: 'Metalware',
    10: 'Disposable Chopsticks', 11: 'Lighter', 12: 'Broom', 13: 'Old Mirror',
    14: 'Toothbrush', 15: 'Dirty Cloth', 16: 'Seashell', 17: 'Ceramic Bowl',
    18: 'Paint bucket', 19: 'Battery', 20: 'Fluorescent lamp', 21: 'Tablet capsules',
    22: 'Orange Peel', 23: 'Vegetable Leaf', 24: 'Eggshell', 25: 'Banana Peel',
}


def predict(image):
    if not hasattr(predict, "net"):
        import mindspore as ms
        from mindspore import nn

        class Classifier(nn.Cell):
            def __init__(self):
                super().__init__()
                self.dense = nn.Dense(3, 26)

            def construct(self, x):
                return self.dense(x.mean((2, 3)))

        predict.net = Classifier()
        ms.load_checkpoint("results/mobilenet_v2.ckpt", predict.net)
        predict.tensor = lambda a: ms.Tensor(a, ms.float32)
    x = predict.tensor(image.transpose(2, 0, 1)[None] / 255)
    return names[int(predict.net(x).asnumpy().argmax())]
