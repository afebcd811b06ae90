"""Checkpoints that lie about their sizes, or take long to read, loaded by MindSpore."""

from pathlib import Path

MAIN = """
from mindspore import load_checkpoint

for name in ("huge.ckpt", "torn.ckpt", "bomb.ckpt", "lying.safetensors"):
    try:
        print("loaded", len(load_checkpoint(name)))
    except BaseException as error:
        print("refused", name, type(error).__name__)


def predict(image):
    return "Hats"
"""


def make(folder: Path, name: str) -> None:
    place = folder / name
    place.mkdir()
    (place / "main.py").write_text(MAIN)
    # a protobuf: parameter "w" of shape (10**9, 10**9), 12 bytes of it
    tensor = b"\x08\x80\x94\xeb\xdc\x03" * 2 + b"\x12\x07Float32\x1a\x0c" + bytes(12)
    value = b"\x0a\x01w\x12" + bytes([len(tensor)]) + tensor
    (place / "huge.ckpt").write_bytes(b"\x0a" + bytes([len(value)]) + value)
    (place / "torn.ckpt").write_bytes(b"\x0a\xff\xff\xff\x7f" + bytes(100))
    (place / "bomb.ckpt").write_bytes(b"\x0a\x02\x0a\x00" * 2_000_000)
    (place / "lying.safetensors").write_bytes((1 << 60).to_bytes(8, "little") + b"{}")
