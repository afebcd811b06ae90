"""Pictures of a report for the documentation.

    python -m tests.report.pictures REPORT FOLDER

takes the class page of the folder REPORT, and the staff's and the student's page of its first
hand-in with a finding, in both languages, light, at twice the size of a screen's points.
"""

# ruff: noqa: T201

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 1280, 860


def take(report: Path, to: Path) -> list[Path]:
    """Take the pictures; their paths."""
    staff = sorted((report / "staff").glob("*.html"))
    telling = [page for page in staff if b'class="finding ' in page.read_bytes()]
    name = (telling or staff)[0].name
    pages = {"class": "index.html", "staff": f"staff/{name}", "student": f"student/{name}"}
    made = []
    to.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=2, color_scheme="light"
        )
        for title, path in pages.items():
            for language in ("en", "zh"):
                page.goto((report / path).resolve().as_uri())
                page.click(f"[data-set-lang={language}]")
                page.mouse.move(0, 0)
                page.wait_for_timeout(300)
                made.append(to / f"{title}-{language}.png")
                page.screenshot(path=made[-1])
        browser.close()
    return made


if __name__ == "__main__":
    for picture in take(Path(sys.argv[1]), Path(sys.argv[2])):
        print(picture)
