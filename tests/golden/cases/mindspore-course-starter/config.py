from easydict import EasyDict

config = EasyDict({
    "num_classes": 26,
    "image_height": 224,
    "image_width": 224,
    "backbone_out_channels": 3,
    "pretrained_ckpt": "./results/mobilenetv2.ckpt",
})
