import timm
import torch
import ttach
from torchvision import transforms

net = timm.create_model("mobilenetv3_small_050", pretrained=False, num_classes=26).eval()
net = ttach.ClassificationTTAWrapper(net, ttach.aliases.flip_transform(), merge_mode="mean")
transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize([0.5] * 3, [0.5] * 3)])


def predict(image):
    with torch.no_grad():
        return str(int(net(transform(image)[None]).argmax()))
