"""Kernels and maps are drawn from evidence, whatever it claims to hold."""

from __future__ import annotations

import base64
import io

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from grader.evidence import Maps
from grader.report.kernel_images import strip


def test_pictures_stand_side_by_side_with_their_greys() -> None:
    grey = bytes([0, 64, 128, 255] * 2)
    maps = Maps(count=2, height=2, width=2, grey=base64.b64encode(grey).decode())
    uri = strip(maps)
    picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
    zoom = picture.height // 2
    assert picture.width == 5 * zoom
    assert picture.getpixel((0, 0)) == (0, 255)
    assert picture.getpixel((4 * zoom, zoom)) == (255, 255)
    assert picture.getpixel((2 * zoom, 0)) == (0, 0)  # the gap


@given(st.integers(-2, 100), st.integers(-2, 100), st.integers(-2, 100), st.text(max_size=50))
def test_maps_that_do_not_fit_are_not_drawn(count: int, high: int, wide: int, grey: str) -> None:
    uri = strip(Maps(count=count, height=high, width=wide, grey=grey))
    assert uri == "" or uri.startswith("data:image/png;base64,")


def test_no_maps_are_no_picture() -> None:
    assert strip(None) == ""
