"""Whatever commands follow each other, tables, exports, pages and the run's document agree."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook  # type: ignore[import-untyped, unused-ignore]

from tests.classroom import Classroom, rows

STUDENTS = [(f"321000000{n}", name) for n, name in enumerate(("ann", "bob", "cyd", "dan"))]
who = st.integers(0, len(STUDENTS) - 1)
STEPS = st.one_of(
    st.tuples(st.just("submit"), who, st.integers(0, 26)),
    st.tuples(st.just("withdraw"), who),
    st.tuples(st.just("rename"), who),
    st.tuples(st.just("set"), st.sampled_from(("cost=4", "cost=7", "absent=0", "full_at=90"))),
    st.tuples(st.just("unset"), st.sampled_from(("cost", "absent", "full_at"))),
    st.tuples(st.just("attempts"), st.sampled_from(("latest", "first", "best"))),
    st.tuples(st.just("points"), who, st.integers(-9, 9)),
    st.tuples(st.just("set-points"), who, st.integers(0, 100)),
    st.tuples(st.just("report"), who),
    st.tuples(st.just("undo"), who),
    st.tuples(st.just("confirm"), who),
    st.tuples(st.just("rescore")),
)


class Class(NamedTuple):
    """A class of four on a roster, some of whom submit, and perhaps twice."""

    room: Classroom
    roster: Path

    def step(self, what: str, *facts: Any) -> None:
        room = self.room
        number, name = STUDENTS[facts[0]] if facts and isinstance(facts[0], int) else ("", "")
        theirs = sorted(room.folder.glob(f"{number}*")) if number else []
        names = (f"{number}{between}{name}" for between in ("_", " ", "-"))
        free = next((name for name in names if not (room.folder / name).exists()), "")
        if what == "submit":
            room.submit(free or theirs[0].name, facts[1])
        elif what == "withdraw" and theirs:
            shutil.rmtree(theirs[0])
        elif what == "rename" and theirs and free:
            theirs[0].rename(room.folder / free)
        if what in ("submit", "withdraw", "rename"):
            if list(room.folder.iterdir()):
                room.grade("--roster", self.roster)
            return
        value, points = (*facts, 0, 0)[:2]
        words: dict[str, tuple[object, ...]] = {
            "set": ("rescore", "--set", f"policy.{value}"),
            "unset": ("rescore", "--unset", f"policy.{value}"),
            "attempts": ("rescore", "--set", f'policy.attempts="{value}"'),
            "rescore": ("rescore",),
            "points": ("override", number, "--points", points, "--reason", "r"),
            "set-points": ("override", number, "--set-points", points, "--reason", "r"),
            "report": ("override", number, "--report", "complete", "--reason", "r"),
            "undo": ("override", number, "--undo"),
            "confirm": ("override", number, "--confirm"),
        }
        before = room.document()
        code, said = room.run(*words[what])
        assert code in (0, 2) and "Traceback" not in said, said
        if code == 2:
            assert room.document() == before, "what is refused changes nothing"


@settings(
    max_examples=6,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # an example takes a second: none is made smaller
    suppress_health_check=list(HealthCheck),
    derandomize=True,
)
@given(st.lists(STEPS, min_size=4, max_size=9))
def test_everything_that_is_published_agrees(steps: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as home, pytest.MonkeyPatch.context() as patch:
        roster = Path(home) / "roster.csv"
        people = [f"{number},{name}" for number, name in STUDENTS]
        roster.write_text("\n".join(["number,name", *people]), encoding="utf-8")
        group = Class(Classroom(Path(home), patch), roster)
        group.step("submit", 0, 24)
        for step in steps:
            group.step(*step)
            require_agreement(group.room)
        require_exports(group.room)


def require_agreement(room: Classroom) -> None:
    """Table, document, history and pages have the same marks, and each student once."""
    table = room.table()
    assert sorted(row["number"] for row in table.values()) == [number for number, _ in STUDENTS]
    marks = {name: text(mark["score"]) for name, mark in published(room)["marks"].items()}
    assert marks == room.scores()
    kept = room.out / "history" / f"{published(room)['number']:04}.json"
    assert json.loads(kept.read_text(encoding="utf-8")) == published(room)
    grades = json.loads((room.out / "grades.json").read_text(encoding="utf-8"))["grades"]
    assert {each["id"]: text(each["score"]) for each in grades} == marks
    report = room.out / "report"
    page = (report / "index.html").read_text(encoding="utf-8")
    (data,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert {row[17]: text(row[4]) for row in json.loads(data)["rows"]} == marks
    for each in ("staff", "student"):
        assert {path.stem for path in (report / each).glob("*.html")} == marks.keys()


def require_exports(room: Classroom) -> None:
    """The gradebooks and the workbook have them, too, and exporting changes none."""
    before = room.scores()
    marked = {row["number"]: row["score"] for row in room.table().values() if row["score"]}
    for each in ("csv", "canvas", "xlsx"):
        room.told("export", each)
    assert room.scores() == before
    _, *canvas = rows(room.out / "canvas.csv")
    assert {row["SIS User ID"]: list(row.values())[-1] for row in canvas} == marked
    head, *lines = load_workbook(room.out / "grades.xlsx")["Marks"].iter_rows(values_only=True)
    sheet = [dict(zip(head, line, strict=True)) for line in lines]
    assert {row["id"]: text(row["score"]) for row in sheet} == before
    require_agreement(room)


def published(room: Classroom) -> Any:
    return room.document()["publication"]


def text(score: float | None) -> str:
    return "" if score is None else f"{score:g}"
