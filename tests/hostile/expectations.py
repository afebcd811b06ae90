"""What is expected of a case of the hostile corpus, and what came of one."""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.hostile.setting import CLASSES, EACH

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = Path(__file__).parent / "cases"


CONTROLS = set("\x00\x07\x1b\u202e\u202a\u202b\u202d")


FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Case(NamedTuple):
    """A folder of `cases`: a submission (main.py) or a recipe for one (make.py), and expected.toml.

    attack: number of the kind of attack. claim: what it does, in a sentence.
    stopped_by: the measure against it, without which `control.py` shows it at work;
    stopped_at_basic_by: another one at level basic, if Landlock or the strict filter is it.
    status, stopped: what may come of it. findings: what has to be found, one of them.
    printed: what it has to print, so that it is known to have tried. correct_at_most: right answers
    that it may have. log_limit: bytes of log that may be kept. seconds: that it may
    take on a busy machine. levels: where it makes sense.
    """

    name: str
    attack: int
    claim: str
    stopped_by: str
    status: Sequence[str]
    stopped_at_basic_by: str = ""
    stopped: Sequence[str] = ()
    findings: Sequence[str] = ()
    printed: Sequence[str] = ()
    must_not: Sequence[str] = ("ESCAPED",)
    correct_at_most: int | None = None
    log_limit: int = 140_000
    seconds: float = 60.0
    levels: Sequence[str] = ("strong", "basic")

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return CASES / self.name


class Outcome(NamedTuple):
    """What came of one submission. page: what its student reads, in all."""

    status: str
    evidence: Mapping[str, Any]
    log: str
    page: str

    @property
    def carried(self) -> list[str]:
        """Words that hold something of a hidden image, as it printed them."""
        return [line.split()[1] for line in self.log.splitlines() if line.startswith("CARRIED ")]


class Usage(NamedTuple):
    """What an examiner's process held at one moment: MiB resident, open descriptors."""

    pid: int
    memory: float
    descriptors: int


class Result(NamedTuple):
    """What came of the class, and every alarm that rang. honest: names of honest submissions."""

    exit_code: int
    terminal: str
    honest: Sequence[str]
    outcomes: Mapping[str, Sequence[Outcome]]  # by name of a case or an honest submission
    out: Path
    secrets: Mapping[str, str]  # where planted -> the secret
    reached: Sequence[str]  # what came in at listeners
    changed: Sequence[str]  # files of the teacher that are other than before
    mounted: Sequence[str]  # file systems that were left mounted
    usage: Sequence[Usage]  # of the grader's own processes, several times a second
    harmed: Sequence[str]  # what was done to a process that stands for the grader
    survivors: Sequence[str]  # processes that outlived the class
    left_behind: Sequence[str]  # temporary files


def cases() -> list[Case]:
    """All cases of the corpus."""
    found = []
    for path in sorted(CASES.glob("*/expected.toml")):
        found.append(Case(path.parent.name, **tomllib.loads(path.read_text(encoding="utf-8"))))
    return found


def broken(case: Case, outcome: Outcome) -> list[str]:
    """What of a case's expectations does not hold, each in a few words; none where all do."""
    evidence, log = outcome.evidence, outcome.log
    codes = {finding["code"] for finding in evidence["findings"]}
    right = right_answers(evidence)
    rules = {
        f"a fault of ours: {evidence['trouble']}": evidence["trouble"] is None,
        f"status {outcome.status}": outcome.status in case.status,
        f"stopped by {evidence['stopped']}": not case.stopped
        or evidence["stopped"] in case.stopped,
        f"findings {sorted(codes)}": not case.findings or bool(codes & set(case.findings)),
        "it did not try": all(text in log for text in case.printed),
        "it got out": not any(text in log for text in case.must_not),
        f"a log of {len(log)} bytes": len(log) <= case.log_limit,
        f"{evidence['seconds']} s": evidence["seconds"] <= case.seconds,
        "its student reads of a hidden image": not any(
            word in outcome.page for word in outcome.carried
        ),
        f"{right} right answers": case.correct_at_most is None or right <= case.correct_at_most,
    }
    return [what for what, holds in rules.items() if not holds]


def alarms(result: Result) -> list[str]:
    """Every alarm that rang around the class."""
    kinds = ("reached", "changed", "mounted", "harmed", "survivors", "left_behind")
    return [f"{kind}: {what}" for kind in kinds for what in getattr(result, kind)]


def live(out: Path, terminal: str) -> list[str]:
    """What of a submission is more than text to who reads the pages, tables and the terminal."""
    found = []
    for page in out.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        if "<script>alert(" in text or re.search(r"<(img|b|i|svg)[^>]*\son\w+\s*=", text):
            found.append(f"code in {page.name}")
        if "javascript:alert" in "".join(re.findall(r'href="([^"]*)"', text)):
            found.append(f"a link of code in {page.name}")
        if set(text) & CONTROLS:
            found.append(f"control characters in {page.name}")
    for table in out.rglob("grades.csv"):
        with table.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                if any(cell[:1] in FORMULA for cell in row if cell):
                    found.append(f"a formula in {table.name}: {row}")
                if row[:1] == ["status"]:
                    found.append(f"a row of its own in {table.name}: {row}")
    for note, code in (("*.md", "](javascript:"), ("*.tex", "\\input{")):
        for path in out.rglob(note):
            found += [f"code in {path.name}"] * (code in path.read_text(encoding="utf-8"))
    if set(terminal) & CONTROLS:
        found.append("control characters in the terminal")
    return found


def require_right(result: Result, honest: str) -> None:
    """Raises AssertionError unless the honest submission got all its marks."""
    came = [
        (one.status, right_answers(one.evidence), one.evidence["trouble"])
        for one in result.outcomes.get(honest, ())
    ]
    if came != [("graded", EACH * len(CLASSES), None)]:
        raise AssertionError(f"{honest}: {came}\n{result.terminal[-2000:]}")


def right_answers(evidence: Mapping[str, Any]) -> int:
    """How many images were answered right."""
    return sum(answer["answer"] == answer["truth"] for answer in evidence["answers"])


def list_in(grades: Any) -> list[Any]:
    """The grades in grades.json, wherever in the document they are."""
    if isinstance(grades, list):
        return grades
    return next(value for value in grades.values() if isinstance(value, list))
