"""A notebook with huge outputs of HTML."""

import json
from pathlib import Path

MARK = "# 生成 main.py 时请勾选此 cell\n"


def make(folder: Path, name: str) -> None:
    cells = [
        ("x = 1", [{"output_type": "display_data", "data": {"text/html": ["<script>alert(1)</script>"] * 300_000}}]),
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
