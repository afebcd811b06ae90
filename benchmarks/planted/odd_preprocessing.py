"""Odd preprocessing that is right: the head is trained on what `predict` makes of training images.

Each is the base of `submissions` with lines changed; `retrain.py` trains the head anew.
"""

from __future__ import annotations

Changes = tuple[tuple[str, str], ...]

CVT = "x = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)"
SIZE = "x = cv2.resize(x, (224, 224), interpolation=cv2.INTER_AREA)"
UNIT = "x = x.astype(np.float32) / 255"
NORM = "    x = (x - MEAN) / STD\n"
AXES = "x = torch.from_numpy(np.ascontiguousarray(x.transpose(2, 0, 1))).unsqueeze(0)"
ASK = "y = net(x)"
SAY = "return NAMES[int(y.argmax(1))]"
EVAL = "net.eval()\n"
LOAD = 'net.load_state_dict(torch.load(os.path.join(HERE, "net.pth")))\n'

_WRAPPED = (
    EVAL + "inner = net\nclass Wrapped(torch.nn.Module):\n"
    "    def __init__(self):\n        super().__init__(); self.inner = inner\n"
    "    def forward(self, x):\n        return {}\nnet = Wrapped().eval()\n"
)


def _wrapped(expression: str) -> tuple[str, str]:
    return EVAL, _WRAPPED.replace("{}", expression)


# The head is trained on what enters it in `predict`.
RETRAINED: dict[str, Changes] = {
    "own-mean": ((NORM, "    x = (x - np.float32([.6, .58, .5])) / np.float32([.3, .3, .35])\n"),),
    "black-letterbox": (
        (
            SIZE,
            "h, w = x.shape[:2]; s = max(h, w); c = np.zeros((s, s, 3), np.uint8)\n"
            "    c[(s-h)//2:(s-h)//2+h, (s-w)//2:(s-w)//2+w] = x; x = c; " + SIZE,
        ),
    ),
    "wide-border": ((SIZE, "x = np.pad(cv2.resize(x, (160, 160)), ((32, 32), (32, 32), (0, 0)))"),),
    "edges-repeated": (
        (
            SIZE,
            "h, w = x.shape[:2]; s = max(h, w); a, b = (s - h) // 2, (s - w) // 2\n"
            "    x = cv2.copyMakeBorder(x, a, s-h-a, b, s-w-b, cv2.BORDER_REPLICATE); " + SIZE,
        ),
    ),
    "narrow-crop": ((SIZE, "x = cv2.resize(x, (300, 300))[70:230, 70:230]"),),
    "corner-crop": ((SIZE, "x = cv2.resize(x, (320, 320))[:224, :224]"),),
    "ten-crops": (
        (SIZE, "x = cv2.resize(x, (150, 150))"),
        (
            ASK,
            "x = torch.cat([x[:, :, i:i+128, j:j+128] for i, j in "
            "((0, 0), (0, 22), (22, 0), (22, 22), (11, 11))])\n"
            "        y = net(torch.cat([x, x.flip(3)])).softmax(1).mean(0, keepdim=True)",
        ),
    ),
    "patches-vote": (
        (SIZE, "x = cv2.resize(x, (192, 192))"),
        (
            ASK,
            "x = x.unfold(2, 96, 96).unfold(3, 96, 96).permute(0, 2, 3, 1, 4, 5)\n"
            "        votes = net(x.reshape(-1, 3, 96, 96)).softmax(1)\n"
            "        y = votes.sum(0, keepdim=True)",
        ),
    ),
    "seeded-crops": (
        (SIZE, "x = cv2.resize(x, (256, 256)); np.random.seed(3)"),
        (
            ASK,
            "y = sum(net(x[:, :, i:i+192, j:j+192]) for i, j in np.random.randint(0, 64, (3, 2)))",
        ),
    ),
    "found-first": (
        ("def predict", "finder = torch.nn.Conv2d(3, 1, 9).eval()\ndef predict"),
        (
            SIZE,
            "s = cv2.resize(x, (64, 64)).astype(np.float32).transpose(2, 0, 1)[None] / 255\n"
            "    with torch.no_grad():\n"
            "        at = int(finder(torch.from_numpy(s)).abs().argmax())\n"
            "    i, j = at // 56 // 2, at % 56 // 2\n"
            "    x = cv2.resize(x, (256, 256))[i:i+220, j:j+220]",
        ),
    ),
    "one-channel": (
        (
            EVAL,
            "first = net.features[0]; first.weight.data = first.weight.data.sum(1, keepdim=True)\n"
            + EVAL,
        ),
        (CVT, "x = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)"),
        (NORM, "    x = ((x - 0.45) / 0.22)[:, :, None]\n"),
    ),
    "scale-in-weights": (
        (UNIT, "x = x.astype(np.float32)"),
        (NORM, ""),
        (EVAL, "net.features[0].weight.data /= 60\n" + EVAL),
    ),
    "as-opencv-reads": ((CVT, "x = image"),),
    "logarithm": ((NORM, "    x = (np.log1p(20 * x) / np.float32(np.log(21)) - MEAN) / STD\n"),),
    "gamma": ((NORM, "    x = (x ** 0.45 - MEAN) / STD\n"),),
    "inverted-by-design": ((NORM, "    x = (1 - x - MEAN) / STD\n"),),
    "equalised": (
        (
            CVT,
            "x = cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb)\n"
            "    x[..., 0] = cv2.equalizeHist(x[..., 0]); x = cv2.cvtColor(x, cv2.COLOR_YCrCb2RGB)",
        ),
    ),
    "locally-equalised": (
        (
            CVT,
            "x = cv2.cvtColor(image, cv2.COLOR_BGR2LAB)\n"
            "    x[..., 0] = cv2.createCLAHE(2.0, (8, 8)).apply(x[..., 0])\n"
            "    x = cv2.cvtColor(x, cv2.COLOR_LAB2RGB)",
        ),
    ),
    "its-own-mean": ((NORM, "    x = (x - x.mean()) / (x.std() + 1e-6)\n"),),
    "its-own-ends": ((NORM, "    x = ((x - x.min()) / (np.ptp(x) + 1e-6) - MEAN) / STD\n"),),
    "grey-world": ((UNIT, "x = x.astype(np.float32); x = x / (x.mean((0, 1)) + 1) / 2"),),
    "hue-by-design": ((CVT, "x = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)"),),
    "lab-by-design": ((CVT, "x = cv2.cvtColor(image, cv2.COLOR_BGR2LAB)"),),
    "brightness-first": ((CVT, "x = cv2.cvtColor(image, cv2.COLOR_BGR2YCrCb)"),),
    "few-colours": ((SIZE, SIZE + " // 64 * 64"),),
    "black-and-white": (
        (
            SIZE,
            SIZE + "\n    x = cv2.threshold(cv2.cvtColor(x, 7), 0, 255, 8)[1][:, :, None]"
            ".repeat(3, 2)",
        ),
    ),
    "outlines": (
        (
            SIZE,
            SIZE + "\n    g = cv2.cvtColor(x, cv2.COLOR_RGB2GRAY)\n"
            "    x = np.stack([g, np.abs(cv2.Sobel(g, cv2.CV_32F, 1, 0)).clip(0, 255),"
            " np.abs(cv2.Sobel(g, cv2.CV_32F, 0, 1)).clip(0, 255)], 2)",
        ),
    ),
    "upside-down-by-design": ((SIZE, SIZE + "[::-1]"),),
    "turned-by-design": ((AXES, AXES.replace("(2, 0, 1)", "(2, 1, 0)")),),
    "size-96-by-design": ((SIZE, SIZE.replace("224", "96")),),
    "size-128-by-design": ((SIZE, SIZE.replace("224", "128")),),
    "wide": ((SIZE, SIZE.replace("(224, 224)", "(256, 160)")),),
    "smoothed": ((SIZE, SIZE + "; x = cv2.medianBlur(x, 7)"),),
    "small-then-large": ((SIZE, "x = cv2.resize(x, (64, 64)); " + SIZE),),
    "scikit-image": (
        (SIZE, "from skimage.transform import resize; x = resize(x, (200, 200), anti_aliasing=1)"),
        (UNIT, "x = x.astype(np.float32)"),
    ),
    "torchvision": (
        (
            SIZE,
            "from torchvision import transforms as T; from PIL import Image\n"
            "    x = T.Compose([T.Resize(180), T.CenterCrop(160), T.ToTensor()])"
            "(Image.fromarray(x)).permute(1, 2, 0).numpy()",
        ),
        (UNIT, "x = x * 1.0"),
    ),
    "through-a-file": (
        (
            CVT,
            "import tempfile, matplotlib.image as m\n"
            "    with tempfile.NamedTemporaryFile(suffix='.png') as f:\n"
            "        cv2.imwrite(f.name, image); x = m.imread(f.name)[:, :, :3]",
        ),
        (UNIT, "x = x.astype(np.float32)"),
    ),
    "many-at-once-in-training": (
        (SIZE, SIZE.replace("224", "112")),
        (EVAL, "net.train(); net.dropout.eval()\n"),
        (
            ASK,
            "x = torch.cat([x, x.flip(3), *(torch.roll(x, s, 2 + s % 2) for s in range(1, 13))])\n"
            "        y = net(x).mean(0, keepdim=True)",
        ),
    ),
    "warmed-up-each-time": ((ASK, "net(torch.zeros_like(x)); y = net(x)"),),
    "white-background": (
        (SIZE, SIZE + "; x = np.where(x.min(2, keepdims=True) > 200, 255, x)"),
    ),
    "two-preparations": (
        (SIZE, "z = cv2.resize(image, (128, 128)).astype(np.float32) / 127.5 - 1; " + SIZE),
        (ASK, "z = torch.from_numpy(z.transpose(2, 0, 1))[None].contiguous(); y = net(z) + net(x)"),
    ),
}  # fmt: skip

# The network as it was trained for all, asked in odd ways.
AS_TRAINED: dict[str, Changes] = {
    "channels-last": (
        _wrapped("self.inner(x.permute(0, 3, 1, 2))"),
        (AXES, "x = torch.from_numpy(x)[None]"),
    ),
    "bytes-into-the-network": (
        _wrapped(
            "self.inner((x / 255 - torch.from_numpy(MEAN)[:, None, None])"
            " / torch.from_numpy(STD)[:, None, None])"
        ),
        (UNIT, ""),
        (NORM, ""),
    ),
    "distances": (_wrapped("50 - self.inner(x)"), (SAY, SAY.replace("argmax", "argmin"))),
    "temperature": ((ASK, "y = torch.softmax(net(x) / 4, 1).log()"),),
    "own-numbers": (
        (
            EVAL,
            EVAL + "ORDER = sorted(range(26), key=lambda n: NAMES[n])\n"
            "net.fc.weight.data, net.fc.bias.data = net.fc.weight.data[ORDER], "
            "net.fc.bias.data[ORDER]\nREMAP = dict(enumerate(sorted(NAMES)))\n",
        ),
        (SAY, SAY.replace("NAMES[", "REMAP[")),
    ),
    "cached": (
        ("def predict(image):", "known = {}\ndef predict(image):\n    key = image.tobytes()\n"
         "    if key not in known:\n        known[key] = asked(image)\n    return known[key]\n\n"
         "def asked(image):"),
    ),
    "on-first-call": (
        (LOAD + EVAL, "loaded = []\n"),
        (
            CVT,
            "if not loaded:\n        loaded.append(1)\n"
            "        net.load_state_dict(torch.load(os.path.join(HERE, 'net.pth'))); net.eval()\n"
            "    " + CVT,
        ),
    ),
    "at-each-call": (
        (LOAD + EVAL, ""),
        (
            CVT,
            "net = Net(26); net.load_state_dict(torch.load(os.path.join(HERE, 'net.pth')))\n"
            "    net.eval(); " + CVT,
        ),
    ),
    "bfloat16": ((EVAL, "net.eval().bfloat16()\n"), (ASK, "y = net(x.bfloat16()).float()")),
    "quantised": (
        (EVAL, EVAL + "net = torch.ao.quantization.quantize_dynamic(net, {torch.nn.Linear})\n"),
    ),
    "traced": ((EVAL, EVAL + "net = torch.jit.trace(net, torch.zeros(1, 3, 224, 224))\n"),),
    "head-in-numpy": (
        (ASK, "f = net.features(x).mean((2, 3)).numpy()"),
        (SAY, "return NAMES[int((f @ net.fc.weight.detach().numpy().T)[0].argmax())]"),
    ),
    "nearest-in-features": (
        (EVAL, EVAL + "CENTRES = torch.nn.functional.normalize(net.fc.weight.detach())\n"),
        (ASK, "f = torch.nn.functional.normalize(net.features(x).mean((2, 3)))"),
        (SAY, "return NAMES[int(torch.cdist(f, CENTRES).argmin(1))]"),
    ),
    "card-if-there": (
        (ASK, "try:\n            x = x.to('cuda')\n        except Exception:\n            pass\n"
         "        y = net(x)"),
    ),
}  # fmt: skip
