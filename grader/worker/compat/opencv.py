"""OpenCV without a screen, and with a word about images that it could not read."""

from __future__ import annotations

import functools
from types import ModuleType
from typing import Any, Callable

from ..audit import Observer


def report_unread(cv2: ModuleType, observer: Observer) -> None:
    """`cv2.imread` gives None for a missing file and no error; note which file it was."""
    read = cv2.imread

    def imread(*arguments: Any, **options: Any) -> Any:
        image = read(*arguments, **options)
        note = observer.unreadable if image is None else observer.readable
        note(arguments[0] if arguments else options.get("filename"))
        return image

    imread.__doc__ = read.__doc__
    cv2.imread = imread  # type: ignore[attr-defined]


def note_networks(cv2: ModuleType, observer: Observer) -> None:
    """Note from which files OpenCV reads networks: it opens them behind Python's back."""
    networks = getattr(cv2, "dnn", None)
    for name in [name for name in dir(networks) if name.startswith("readNet")]:
        setattr(networks, name, _noted(getattr(networks, name), observer))


def _noted(read: Callable[..., Any], observer: Observer) -> Callable[..., Any]:
    @functools.wraps(read)
    def reading(*arguments: Any, **options: Any) -> Any:
        network = read(*arguments, **options)
        for path in (*arguments, *options.values()):
            if isinstance(path, str):
                observer.read_network(path)
        return network

    return reading


def without_windows(cv2: ModuleType, use: Callable[[str], None]) -> None:
    """Functions that open windows do nothing, as there is no screen."""

    def harmless(name: str) -> Callable[..., int]:
        def nothing(*arguments: Any, **options: Any) -> int:
            use(f"cv2.{name}")
            return -1  # "no key", what waitKey gives when nobody types

        return nothing

    for name in ("imshow", "waitKey", "namedWindow", "destroyAllWindows", "destroyWindow"):
        setattr(cv2, name, harmless(name))
