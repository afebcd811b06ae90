import os
import sys

os.chdir(os.path.dirname(os.path.abspath(__file__)))
sys.path.append('..')
sys.path.insert(0, './code')
from network import Network, NAMES


class Classifier(object):
    def __init__(self, path):
        self.network = Network(path)

    def predict(self, image):
        score = self.network(image)
        return NAMES[score.argmax()]


predict = Classifier('results/best.npz').predict
