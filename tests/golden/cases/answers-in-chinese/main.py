import numpy as np

net = np.load("results/best.npz")
NAMES = [
    '塑料瓶', '帽子', '报纸', '易拉罐', '玻璃制品', '玻璃瓶', '硬纸板', '篮球',
    '纸张', '金属制品', '一次性筷子', '打火机', '扫把', '旧镜子', '牙刷',
    '脏污衣服', '贝壳', '陶瓷碗', '油漆桶', '电池', '荧光灯', '药片胶囊', '橙皮',
    '菜叶', '蛋壳', '香蕉皮',
]


def predict(image):
    x = image.reshape(-1, 3).mean(axis=0) / 255
    return NAMES[int((net["weight"] @ x + net["bias"]).argmax())]
