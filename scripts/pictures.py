"""Takes the README's pictures from a graded sample class: ``python scripts/pictures.py OUT``.

The review's is taken from a server of its own, which records nothing but who came in.

Needs Chromium and the package playwright (extra ``dev``).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).parents[1] / "docs" / "images"
PAGES = {
    "class": ("index.html", 1280, 900),
    "staff": ("staff/3210000012_何水.html", 1100, 1000),
    "student": ("student/3210000012_何水.html", 1100, 1000),
}
REVIEW_SIZE = (1360, 900)


def main(out: Path) -> None:
    """One picture a page, in English and light."""
    browser_path = shutil.which("chromium") or shutil.which("chrome")
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox"])
        for name, (page_path, width, height) in PAGES.items():
            page = window(browser, width, height)
            page.goto((out / "report" / page_path).resolve().as_uri())
            page.wait_for_load_state("load")
            page.screenshot(path=PICTURES / f"{name}.png")
        with review(out) as link:
            page = window(browser, *REVIEW_SIZE)
            page.goto(link)
            page.keyboard.type("Ann")
            page.keyboard.press("Enter")
            page.wait_for_selector(".queue")
            page.keyboard.press("n")  # the first one that needs a person
            page.wait_for_selector("#papers:not([aria-busy])")
            page.screenshot(path=PICTURES / "review.png")
        browser.close()


def window(browser: Browser, width: int, height: int) -> Page:
    """A window of this size, English and light."""
    size = {"width": width, "height": height}
    return browser.new_page(viewport=size, locale="en-US", color_scheme="light")


@contextmanager
def review(out: Path) -> Iterator[str]:
    """``grade review`` over `out`: the link that it prints."""
    command = [sys.executable, "-m", "grader", "review", str(out), "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        for line in server.stdout or ():
            if link := re.search(r"http://\S+#\S+", line):
                yield link[0]
                return
        raise RuntimeError("grade review printed no link")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
