from utils.common import get_model, CLASSES, to_tensor


def predict(image):
    model = get_model()
    return CLASSES[model(to_tensor(image)).argmax(dim=1).item()]
