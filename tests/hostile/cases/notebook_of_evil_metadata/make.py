"""A notebook whose fields have the wrong types."""

import json
from pathlib import Path

MARK = "# 生成 main.py 时请勾选此 cell\n"


def make(folder: Path, name: str) -> None:
    cells = [
        (["# x\n", None, 3], None),
        ({"a": 1}, "text"),
        (MARK + "def predict(image):\n    return 'Hats'\n", [])
    ]
    notebook = {
        "cells": [
            {"cell_type": "code", "source": source, "outputs": outputs, "metadata": {"tags": {"a": ["b"]}, "collapsed": float("nan")}}
            for source, outputs in cells
        ],
        "metadata": {"kernelspec": {"name": "../../evil", "argv": ["sh", "-c", "id"]}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    (folder / name).mkdir()
    (folder / name / "main.ipynb").write_text(json.dumps(notebook))
