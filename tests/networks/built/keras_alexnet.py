import keras
from keras import layers as L


class AlexNet(keras.Model):
    def __init__(self):
        super().__init__()
        self.seq = keras.Sequential(
            [
                L.Conv2D(8, 11, 4, activation="relu"),
                L.MaxPooling2D(3, 2),
                L.Conv2D(16, 5, padding="same", activation="relu"),
                L.MaxPooling2D(3, 2),
                L.Conv2D(24, 3, padding="same", activation="relu"),
                L.Conv2D(24, 3, padding="same", activation="relu"),
                L.Conv2D(16, 3, padding="same", activation="relu"),
                L.MaxPooling2D(3, 2),
                L.Flatten(),
                L.Dense(32, "relu"),
                L.Dropout(0.5),
                L.Dense(32, "relu"),
                L.Dropout(0.5),
                L.Dense(10),
            ]
        )

    def call(self, x):
        return self.seq(x)
