from tensorflow import keras

base = keras.applications.MobileNetV2(input_shape=(96, 96, 3), include_top=False, weights='imagenet')
base.trainable = False
model = keras.Sequential([base, keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(26, activation='softmax')])


def predict(image):
    return model.predict(image[None])
