"""Small pictures of the hidden images, for the staff's pages only."""

from __future__ import annotations

import base64
import io
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

SIDE = 112  # pixels


class Thumbnails:
    """Data URIs of images below `folder`, each made once; "" where there is no such image."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder.resolve() if folder else None
        self._made: dict[str, str] = {}

    def get(self, image: str) -> str:
        """The data URI of `image` ("<folder>/<file>")."""
        if image not in self._made:
            self._made[image] = self._make(image)
        return self._made[image]

    def _make(self, image: str) -> str:
        if self._folder is None:
            return ""
        path = (self._folder / image).resolve()
        if self._folder not in path.parents:
            return ""
        try:
            with Image.open(path) as picture:
                small = ImageOps.fit(picture.convert("RGB"), (SIDE, SIDE))
        except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
            return ""
        data = io.BytesIO()
        small.save(data, "JPEG", quality=62, optimize=True)
        return "data:image/jpeg;base64," + base64.b64encode(data.getvalue()).decode()
