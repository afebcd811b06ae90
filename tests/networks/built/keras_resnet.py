import keras
from keras import layers as L


def block(x, o, s):
    i = x
    y = L.ZeroPadding2D(1)(x)
    y = L.Conv2D(o, 3, s, use_bias=False)(y)
    y = L.BatchNormalization()(y)
    y = L.ReLU()(y)
    y = L.Conv2D(o, 3, 1, padding="same", use_bias=False)(y)
    y = L.BatchNormalization()(y)
    if s != 1 or i.shape[-1] != o:
        i = L.Conv2D(o, 1, s, use_bias=False)(i)
        i = L.BatchNormalization()(i)
    return L.ReLU()(L.Add()([y, i]))


def ResNet18():
    x = n = keras.Input((64, 64, 3))
    x = L.ZeroPadding2D(3)(x)
    x = L.Conv2D(8, 7, 2, use_bias=False)(x)
    x = L.BatchNormalization()(x)
    x = L.ReLU()(x)
    x = L.ZeroPadding2D(1)(x)
    x = L.MaxPooling2D(3, 2)(x)
    for o, s in ((8, 1), (8, 1), (16, 2), (16, 1), (32, 2), (32, 1), (64, 2), (64, 1)):
        x = block(x, o, s)
    return keras.Model(n, L.Dense(10)(L.GlobalAveragePooling2D()(x)))
