import sys

print("加载模型 …", end="", flush=True)
sys.stdout.write("x" * 100_000)


def predict(image):
    print(image, "预测")
    return "Hats"
