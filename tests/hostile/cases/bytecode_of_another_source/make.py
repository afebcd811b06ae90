"""A folder with bytecode whose source is another."""

import importlib.util
import marshal
import sys
from pathlib import Path


def make(folder: Path, name: str) -> None:
    place = folder / name
    (place / "__pycache__").mkdir(parents=True)
    helper = place / "helper.py"
    helper.write_text("ORIGIN = 'source'\n")
    (place / "main.py").write_text(
        "import helper\nprint('ESCAPED' if helper.ORIGIN != 'source' else 'source')\n\n\n"
        "def predict(image):\n    return 'Hats'\n"
    )
    code = marshal.dumps(compile("ORIGIN = 'bytecode'", "helper.py", "exec"))
    unchecked = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)
    tag = sys.implementation.cache_tag
    (place / "__pycache__" / f"helper.{tag}.pyc").write_bytes(unchecked + code)
