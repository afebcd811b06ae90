"""What a model says of the other order of channels, from its worker to the staff's gallery."""

from __future__ import annotations

from pathlib import Path

from grader.evidence import Evidence
from tests import make, submissions

SWAPPED = "NAMES = {names!r}\ndef predict(image):\n    return NAMES[int(image[0, 0, 2]) // 9]\n"


def test_the_answers_in_the_other_order_are_kept_and_shown_to_staff_only(tmp_path: Path) -> None:
    names = list(make.assignment().names)
    folder = submissions.submission(
        tmp_path / "class/ann", {"main.py": SWAPPED.format(names=names)}
    )
    hidden, out = submissions.colours(tmp_path / "colours"), tmp_path / "out"
    done = submissions.grade(
        folder.parent, "--hidden", hidden, "--out", out, "--set", "interface.lenet5=''"
    )
    assert done.returncode == 0, done.stderr
    evidence = Evidence.model_validate_json((out / "evidence/ann.json").read_bytes())
    # and not that all answers are the same, which is an effect of it
    assert [finding.code for finding in evidence.findings] == ["channel-order"]
    assert [answer.other for answer in evidence.answers] == [a.truth for a in evidence.answers]
    said = "In the order RGB"
    assert said in (out / "report/staff/ann.html").read_text(encoding="utf-8")
    assert said not in (out / "report/student/ann.html").read_text(encoding="utf-8")


def test_a_model_with_full_marks_is_not_asked(tmp_path: Path) -> None:
    folder = submissions.submission(tmp_path / "class/ann", {"main.py": submissions.honest()})
    hidden, out = submissions.colours(tmp_path / "colours"), tmp_path / "out"
    submissions.grade(
        folder.parent, "--hidden", hidden, "--out", out, "--set", "interface.lenet5=''"
    )
    evidence = Evidence.model_validate_json((out / "evidence/ann.json").read_bytes())
    assert {answer.other for answer in evidence.answers} == {None}
