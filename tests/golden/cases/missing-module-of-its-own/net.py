from mobilenetV2 import build
