import keras
from keras import layers


def MLP():
    return keras.Sequential(
        [
            keras.Input((784,)),
            layers.Dense(300, "relu"),
            layers.Dense(100, "relu"),
            layers.Dense(10),
        ]
    )
