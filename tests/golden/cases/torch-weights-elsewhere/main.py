import torch

MODEL_PATH = r"D:\学习\大三下\人工智能\实验2\results\resnet_best.pth"


class Classifier(torch.nn.Linear):
    pass


net = Classifier(3, 26)
net.load_state_dict({k[3:]: v for k, v in torch.load(MODEL_PATH, map_location="cpu").items()})
idx_to_class = {
    '00_00': 'Plastic Bottle', '00_01': 'Hats', '00_02': 'Newspaper', '00_03': 'Cans',
    '00_04': 'Glassware', '00_05': 'Glass Bottle', '00_06': 'Cardboard', '00_07': 'Basketball',
    '00_08': 'Paper', '00_09': 'Metalware', '01_00': 'Disposable Chopsticks',
    '01_01': 'Lighter', '01_02': 'Broom', '01_03': 'Old Mirror', '01_04': 'Toothbrush',
    '01_05': 'Dirty Cloth', '01_06': 'Seashell', '01_07': 'Ceramic Bowl',
    '02_00': 'Paint bucket', '02_01': 'Battery', '02_02': 'Fluorescent lamp',
    '02_03': 'Tablet capsules', '03_00': 'Orange Peel', '03_01': 'Vegetable Leaf',
    '03_02': 'Eggshell', '03_03': 'Banana Peel',
}


def predict(image):
    x = torch.tensor(image).float().mean((0, 1)) / 255
    return list(idx_to_class.values())[int(net(x).argmax())]
