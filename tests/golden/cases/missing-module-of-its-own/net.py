from mobilenetV2 import build

net = build(26)
