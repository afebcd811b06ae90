"""A submission whose name is code to a reader."""

from pathlib import Path


def make(folder: Path, name: str) -> None:
    for number, evil in enumerate(("=HYPERLINK(1)", "<img src=x onerror=alert(1)>", "\u202eevil")):
        place = folder / f"{name}_{evil}_{number}"
        place.mkdir()
        (place / "main.py").write_text("def predict(image):\n    return 'Hats'\n")
