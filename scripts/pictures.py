"""Takes the README's pictures from a graded sample class: ``python scripts/pictures.py OUT``.

Needs Chromium and the package playwright (extra ``dev``).
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "images"
PAGES = {
    "class": ("index.html", 1280, 900),
    "staff": ("staff/3210000012_何水.html", 1100, 1000),
    "student": ("student/3210000012_何水.html", 1100, 1000),
}


def main(out: Path) -> None:
    """One picture a page, in English and light."""
    browser_path = shutil.which("chromium") or shutil.which("chrome")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for name, (page_path, width, height) in PAGES.items():
            page = browser.new_page(
                viewport={"width": width, "height": height}, locale="en-US", color_scheme="light"
            )
            page.goto((out / "report" / page_path).resolve().as_uri())
            page.wait_for_load_state("load")
            page.screenshot(path=PICTURES / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
