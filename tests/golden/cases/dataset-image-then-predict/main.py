import cv2


def predict(image):
    small = cv2.resize(image, (8, 8))
    return "Hats" if small.mean() < 100 else "Newspaper"


image_path = "datasets/garbage_26x100/val/00_01/00037.jpg"
image = cv2.imread(image_path)
print(predict(image))
