"""Small pictures of the hidden images, for the staff's pages only."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageOps, UnidentifiedImageError

from grader.report import files

THUMBNAIL_PIXELS = 112  # pixels


class Thumbnails:
    """Data URIs of images below `folder`, each made once; "" where there is no such image.

    digests: sha256 of each image; another file under its name is no such image. kept: a folder
    where what was made is found again by that digest, also when the images lie elsewhere by then.
    """

    def __init__(
        self,
        folder: Path | None,
        digests: Mapping[str, str] | None = None,
        kept: Path | None = None,
    ) -> None:
        self._folder = folder.resolve() if folder else None
        self._digests = digests
        self._kept = kept
        self._made: dict[str, str] = {}

    def get(self, image: str) -> str:
        """The data URI of `image` ("<folder>/<file>")."""
        if image not in self._made:
            data = self._small(image)
            uri = "data:image/jpeg;base64," + base64.b64encode(data).decode() if data else ""
            self._made[image] = uri
        return self._made[image]

    def _small(self, image: str) -> bytes:
        """The thumbnail: the one that is kept, else a new one."""
        if self._digests is None:
            return self._make(image, "")
        digest = self._digests.get(image)
        if digest is None:
            return b""
        place = self._kept / f"{digest}.jpg" if self._kept else None
        if place is not None and place.is_file():
            return place.read_bytes()
        data = self._make(image, digest)
        if place is not None and data:
            place.parent.mkdir(exist_ok=True)
            with files.replacing(place) as part:
                part.write_bytes(data)
        return data

    def _make(self, image: str, digest: str) -> bytes:
        """A new thumbnail; b"" where there is no such image, or one of another `digest`."""
        if self._folder is None:
            return b""
        path = (self._folder / image).resolve()
        if self._folder not in path.parents:
            return b""
        try:
            read = path.read_bytes()
            if digest and hashlib.sha256(read).hexdigest() != digest:
                return b""
            with Image.open(io.BytesIO(read)) as picture:
                small = ImageOps.fit(picture.convert("RGB"), (THUMBNAIL_PIXELS, THUMBNAIL_PIXELS))
        except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
            return b""
        data = io.BytesIO()
        small.save(data, "JPEG", quality=62, optimize=True)
        return data.getvalue()
