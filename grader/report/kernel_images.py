"""Kernels and feature maps as a sheet of small grey pictures."""

from __future__ import annotations

import base64
import binascii
import io

from PIL import Image

from grader.evidence import Maps

GAP = 1  # cells between two pictures
HEIGHT = 84  # pixels that a strip is drawn high, at least
LEAST_ZOOM = 2  # of pictures in several rows
MOST = 256  # pictures
WIDEST = 4_000  # pixels


def strip(maps: Maps | None) -> str:
    """The data URI of a PNG with the pictures in rows; "" where there are none to draw."""
    if maps is None or not (0 < maps.count <= MOST and maps.height > 0 and maps.width > 0):
        return ""
    try:
        grey = base64.b64decode(maps.grey, validate=True)
    except (binascii.Error, ValueError):
        return ""
    columns = min(maps.columns, maps.count) if maps.columns > 0 else maps.count
    rows = -(-maps.count // columns)
    size = maps.height * maps.width
    width, height = (
        count * (side + GAP) - GAP for count, side in ((columns, maps.width), (rows, maps.height))
    )
    zoom = max(HEIGHT // height, LEAST_ZOOM if rows > 1 else 1)
    if len(grey) != maps.count * size or max(width, height) * zoom > WIDEST:
        return ""
    sheet = Image.new("LA", (width, height), (0, 0))
    for number in range(maps.count):
        values = grey[number * size : (number + 1) * size]
        picture = Image.frombytes("L", (maps.width, maps.height), values)
        row, column = divmod(number, columns)
        place = column * (maps.width + GAP), row * (maps.height + GAP)
        sheet.paste(picture.convert("LA"), place)
    sheet = sheet.resize((width * zoom, height * zoom), Image.Resampling.NEAREST)
    data = io.BytesIO()
    sheet.save(data, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
