import argparse

from torchvision import models

parser = argparse.ArgumentParser(description="garbage classification")
parser.add_argument("--data", type=str, required=True)
parser.add_argument("--epochs", default=30, type=int)
args = parser.parse_args()
model = models.mobilenet_v2(pretrained=True)
raise SystemExit("train %s for %d epochs" % (args.data, args.epochs))
