"""Networks that are no longer the one that was trained: changes of a submission by name."""

from __future__ import annotations

from planted.odd_preprocessing import EVAL, LOAD

OTHER_NETWORKS: dict[str, tuple[tuple[str, str], ...]] = {
    "other-activation": (
        (
            EVAL,
            "for m in list(net.modules()):\n    for k, v in list(m.named_children()):\n"
            "        if isinstance(v, torch.nn.ReLU6):\n"
            "            setattr(m, k, torch.nn.SiLU())\n" + EVAL,
        ),
    ),
    "no-connections": ((EVAL, "for m in net.features[9:]:\n    m.add = False\n" + EVAL),),
    "block-not-loaded": (
        (
            LOAD,
            "s = torch.load(os.path.join(HERE, 'net.pth'))\nnet.load_state_dict("
            "{k: v for k, v in s.items() if not k.startswith('features.9.')}, strict=False)\n",
        ),
    ),
    "statistics-not-loaded": (
        (
            LOAD,
            "s = torch.load(os.path.join(HERE, 'net.pth'))\nnet.load_state_dict("
            "{k: v for k, v in s.items() if 'running' not in k}, strict=False)\n",
        ),
    ),
    "activation-left-out": ((EVAL, "net.features[6].layers[2] = torch.nn.Identity()\n" + EVAL),),
}
