"""A notebook that runs commands by its magics."""

import json
from pathlib import Path

MARK = "# 生成 main.py 时请勾选此 cell\n"


def make(folder: Path, name: str) -> None:
    cells = [
        (MARK + "!echo ESCAPED by a shell\n%system echo ESCAPED\n%%bash\necho ESCAPED\n", []),
        (MARK + "get_ipython().system('echo ESCAPED')\n", []),
        (MARK + "%run /etc/passwd\nx = !id\n", []),
        (MARK + "def predict(image):\n    return 'Hats'\n", [])
    ]
    notebook = {
        "cells": [
            {"cell_type": "code", "source": source, "outputs": outputs, "metadata": {}}
            for source, outputs in cells
        ],
        "metadata": {"kernelspec": {"name": "../../evil", "argv": ["sh", "-c", "id"]}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / name).mkdir()
    (folder / name / "main.ipynb").write_text(json.dumps(notebook))
