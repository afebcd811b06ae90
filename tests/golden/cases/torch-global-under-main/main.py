import cv2
import torch
from torchvision import transforms

transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])])


def predict(image):
    image = transform(image).unsqueeze(0).to(device)
    with torch.no_grad():
        return labels[net(image).argmax(1).item()]


def main():
    print(predict(cv2.imread("1.jpg")))


if "__main__" == __name__:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    labels = [
    'Plastic Bottle', 'Hats', 'Newspaper', 'Cans', 'Glassware', 'Glass Bottle', 'Cardboard',
    'Basketball', 'Paper', 'Metalware', 'Disposable Chopsticks', 'Lighter', 'Broom',
    'Old Mirror', 'Toothbrush', 'Dirty Cloth', 'Seashell', 'Ceramic Bowl', 'Paint bucket',
    'Battery', 'Fluorescent lamp', 'Tablet capsules', 'Orange Peel', 'Vegetable Leaf',
    'Eggshell', 'Banana Peel',
]
    net = torch.load("results/net.pth").to(device)
    main()
