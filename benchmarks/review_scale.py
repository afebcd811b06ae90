"""The review of a large class: how long until it answers, first paint, the next item, memory.

    python benchmarks/review_scale.py [SUBMISSIONS]

Evidence is made up and stored first (not counted). Times are those of the server's answers, taken
from within its process; a browser adds what it needs to lay a page of 100 rows out.
"""

# ruff: noqa: T201

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from anyio.from_thread import start_blocking_portal  # noqa: E402

from grader.cli import output_folder  # noqa: E402
from grader.runs import HiddenImages, RunFolder  # noqa: E402
from grader.store import Store  # noqa: E402
from tests.report import make  # noqa: E402
from tests.review import folder  # noqa: E402


def main(count: int, out: Path) -> None:
    """Make the class, open it, and go through its queue."""
    (out / "evidence").mkdir(parents=True)
    (out / "logs").mkdir()
    for index in range(count):
        evidence = make.one(index)
        path = out / "evidence" / f"{evidence.submission.id}.json"
        path.write_text(evidence.model_dump_json(), encoding="utf-8")
    hidden = HiddenImages(place=str(out / "images"), digest="made up")
    run = output_folder.document(make.assignment(), (), hidden, None)
    RunFolder(out).write(output_folder.with_former_results(run, Store(out)))
    with start_blocking_portal() as portal:
        folder.PORTALS.append(portal)
        begun = time.perf_counter()
        reviewing = folder.Reviewing(out)
        opened = time.perf_counter() - begun
        person = reviewing.person("Ann")
        person.get("/")  # templates are compiled
        first = time.perf_counter() - begun
        print(f"{count} submissions: opened in {opened:.1f} s, first page after {first:.1f} s")
        slowest = 0.0
        while reviewing.desk.reading() is not None:
            asked = time.perf_counter()
            person.get("/")
            slowest = max(slowest, time.perf_counter() - asked)
            time.sleep(0.5)
        print(
            f"all read after {time.perf_counter() - begun:.1f} s; queue meanwhile, at worst: "
            f"{1000 * slowest:.0f} ms"
        )
        print(f"queue: {_milliseconds(lambda: person.get('/')):.0f} ms")
        print(f"search: {_milliseconds(lambda: person.get('/?need=all&words=322')):.0f} ms")
        place = ""

        def following() -> None:
            nonlocal place
            after = place.rpartition("/")[2].partition(".html")[0]
            place = person.get(f"/next?after={after}").headers["location"]
            assert person.get(place).status_code == 200  # noqa: S101 - a benchmark

        print(f"next item, page included: {_milliseconds(following):.0f} ms")
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory: at most {own:.0f} MiB in this process, the making of the class included")


def _milliseconds(act: object, times: int = 9) -> float:
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        act()  # type: ignore[operator]
        took.append(1000 * (time.perf_counter() - begun))
    return median(took)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="review-scale-") as temporary:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, Path(temporary) / "out")
