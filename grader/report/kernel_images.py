"""Kernels and feature maps as a strip of small grey pictures."""

from __future__ import annotations

import base64
import binascii
import io

from PIL import Image

from grader.evidence import Maps

GAP = 1  # cells between two pictures
HEIGHT = 84  # pixels that a strip is drawn high, at least
WIDEST = 4_000  # pixels


def strip(maps: Maps | None) -> str:
    """The data URI of a PNG with the pictures side by side; "" where there are none to draw."""
    if maps is None or not (0 < maps.count <= 64 and maps.height > 0 and maps.width > 0):
        return ""
    try:
        grey = base64.b64decode(maps.grey, validate=True)
    except (binascii.Error, ValueError):
        return ""
    size = maps.height * maps.width
    zoom = max(HEIGHT // maps.height, 1)
    width = maps.count * (maps.width + GAP) - GAP
    if len(grey) != maps.count * size or width * zoom > WIDEST:
        return ""
    sheet = Image.new("LA", (width, maps.height), (0, 0))
    for number in range(maps.count):
        values = grey[number * size : (number + 1) * size]
        picture = Image.frombytes("L", (maps.width, maps.height), values)
        sheet.paste(picture.convert("LA"), (number * (maps.width + GAP), 0))
    sheet = sheet.resize((width * zoom, maps.height * zoom), Image.Resampling.NEAREST)
    data = io.BytesIO()
    sheet.save(data, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
