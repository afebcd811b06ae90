"""Marks, tables and pages of a large class: time, memory, and how quick its class page is.

    python benchmarks/report_scale.py [SUBMISSIONS] [FOLDER]

Evidence is made up and stored first (not counted); then everything that `grade rescore` does with
it is timed in a process of its own: read, mark, grades.csv, grades.json, all pages. The folder
is left for a look; the default one is removed.
"""

# ruff: noqa: T201, S603

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from grader.cli import output_folder, publishing  # noqa: E402
from grader.runs import HiddenImages, RunFolder  # noqa: E402
from grader.store import Store  # noqa: E402
from tests.report import make  # noqa: E402

WORDS = ("王", "slow", "32201", "nobody", "")


def main(count: int, folder: Path) -> None:
    """Make the class, publish it in another process, look at it in a browser."""
    print(f"{count} submissions of {len(make.images(make.assignment()))} images in {folder}")
    hidden = make.hidden_set(folder / "images", make.assignment())
    (folder / "evidence").mkdir(parents=True, exist_ok=True)
    (folder / "logs").mkdir(exist_ok=True)
    for index in range(count):
        evidence = make.one(index)
        path = folder / "evidence" / f"{evidence.submission.id}.json"
        path.write_text(evidence.model_dump_json(indent=1), encoding="utf-8")
        (folder / "logs" / f"{evidence.submission.id}.txt").write_text(
            make.log(index).encode("utf-8", "replace").decode(), encoding="utf-8"
        )
    subprocess.run([sys.executable, __file__, "--publish", str(folder), str(hidden)], check=True)
    look(folder / "report" / "index.html")


def publish_stored(folder: Path, hidden: Path) -> None:
    """What `grade rescore` does, with its figures."""
    wall = time.perf_counter()
    store = Store(folder)
    run = output_folder.document(
        make.assignment(), (), HiddenImages(place=str(hidden), digest="made up"), None
    )
    run = output_folder.with_former_results(run, store)
    made = publishing.draft(run, store, (), "rescore")
    print(f"a first look at all: {time.perf_counter() - wall:.1f} s")
    publishing.publish(RunFolder(folder), made, "en")
    wall = time.perf_counter() - wall
    own, others = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    busy = sum(use.ru_utime + use.ru_stime for use in (own, others))
    size = sum(path.stat().st_size for path in (folder / "report").rglob("*") if path.is_file())
    print(
        f"marks, tables, pages: {wall:.1f} s ({busy:.1f} s of one core); at most "
        f"{own.ru_maxrss / 1024:.0f} MiB, and {others.ru_maxrss / 1024:.0f} MiB in each process "
        f"of {os.cpu_count()}"
    )
    print(f"report on disk: {size / 2**20:.0f} MiB")


def look(index: Path) -> None:
    """First paint and filters of the class page, in Chromium; skipped where there is none."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        print("class page: not looked at (needs playwright and chromium)")
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport={"width": 1400, "height": 900})
        page.goto(index.as_uri())
        page.wait_for_selector(":root[data-ready=table]")
        ready = page.evaluate("performance.now()")
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        took = page.evaluate(
            """(words) => words.map((word) => {
                const box = document.getElementById("search"), begun = performance.now();
                box.value = word;
                box.dispatchEvent(new Event("input"));
                document.body.offsetHeight;
                return performance.now() - begun;
            })""",
            list(WORDS),
        )
        size = index.stat().st_size / 2**20
        print(f"class page: {size:.1f} MiB, first paint {paint:.0f} ms, table {ready:.0f} ms")
        print("filters:", ", ".join(f"{ms:.0f} ms" for ms in took))
        browser.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--publish"]:
        publish_stored(Path(sys.argv[2]), Path(sys.argv[3]))
    elif len(sys.argv) > 2:
        main(int(sys.argv[1]), Path(sys.argv[2]))
    else:
        with tempfile.TemporaryDirectory(prefix="report-scale-") as temporary:
            main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, Path(temporary))
