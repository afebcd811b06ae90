"""The pages of a run: the class, and two pages for each submission."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, Template
from markupsafe import Markup

from grader.assignment import Assignment
from grader.report import drawing, files, phrases, plot, scripts, templating
from grader.report.class_summary import ClassAggregates
from grader.report.drawing import Log
from grader.report.gallery import gallery
from grader.report.text import file_name, for_script
from grader.report.thumbnails import Thumbnails
from grader.report.values import Context, Result
from grader.report.view import StudentView, view

ASSETS: Final = (
    "page.css",
    "class.css",
    "vendor/tabulator.min.js",
    "vendor/tabulator_simple.min.css",
    "vendor/tabulator.LICENSE.txt",
    "vendor/echarts.min.js",
    "vendor/echarts.LICENSE.txt",
    "vendor/echarts.NOTICE.txt",
)
SCRIPTS: Final = ("page", "class")


@contextmanager
def folder(out: Path) -> Iterator[Path]:
    """A folder to put ``index.html``, ``staff/NAME.html`` and ``student/NAME.html`` in.

    It takes the place of the pages of an earlier run in `out` once all are made, so that no mark
    that no longer holds lies around. Raises OSError (such as a full disk); then those are
    untouched.
    """
    with files.replaced(out, ("assets", "staff", "student", "index.html")) as fresh:
        _copy_assets(fresh / "assets")
        for name in ("staff", "student"):
            (fresh / name).mkdir()
        yield fresh


class ReportPages:
    """Renders pages of one run; templates are compiled once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._thumbnails = Thumbnails(context.hidden, context.pictures, context.kept)
        self._environment = environment(context, secrets.token_urlsafe(16))
        everything = "self.html" if context.self_check else "staff.html"
        self._staff: Template = self._environment.get_template(everything)
        self._student: Template = self._environment.get_template("student.html")

    def student(self, result: Result) -> str:
        """The page that the student may have: one file, nothing beside it is needed."""
        return self.render_student(view(result, self._context))

    def render_student(self, shown: StudentView) -> str:
        """The student's page, made from nothing but `shown`."""
        return self._student.render(v=shown, pages="student")

    def staff(self, result: Result, before: str = "", after: str = "") -> str:
        """The page with everything, for staff (and for the student in a self-check)."""
        evidence = result.evidence
        channels = self._context.assignment.interface.channels
        return self._staff.render(
            v=staff_view(result, self._context),
            e=evidence,
            g=result.grade,
            page=file_name(evidence.submission.id),
            before=before,
            after=after,
            gallery=gallery(evidence.answers, channels, self._thumbnails),
            log=Log.of(result.log, evidence.findings) if result.log.strip() else None,
            pages="staff",
        )

    def whole_class(self, gathering: ClassAggregates) -> str:
        """The class page."""
        return self._environment.get_template("class.html").render(
            c=gathering.summary(self._thumbnails),
            data=Markup(for_script(gathering.data())),  # noqa: S704 - safe there
            pages="class",
        )


def staff_view(result: Result, context: Context) -> StudentView:
    """What staff see of a result in the sections that a student's page has, too."""
    return view(result, context, full=True)


def environment(context: Context, nonce: str) -> Environment:
    """The templates' environment with what they may use in this run."""
    environment = templating.environment()
    lab, language = context.assignment, context.language
    class_name = _class_names(lab)
    assets = files.templates() / "assets"
    environment.globals.update(
        context=context,
        nonce=nonce,
        tag=phrases.TAGS[language],
        lab_title={"en": lab.assignment.title.en, "zh": _zh(lab)},
        page_css=Markup((assets / "page.css").read_text(encoding="utf-8")),  # noqa: S704 - ours
        page_js=Markup(scripts.script("page")),  # noqa: S704 - ours
        t=phrases.t,
        ta=cache(lambda name, sentence: phrases.attribute(name, phrases.said(sentence), language)),
        tx=lambda sentence: phrases.option(sentence, language),
        t_plain=lambda sentence: phrases.said(sentence)[language],
        both=phrases.both,
        prose=phrases.prose,
        kept=lru_cache(maxsize=4096)(_make),
        icon=cache(lambda name: Markup(templating.icon(environment, name))),  # noqa: S704 - ours
        number=number,
        percent=percent,
        seconds=seconds,
        day=day,
        class_name=class_name,
        answer_table=drawing.AnswerTable(class_name),
        stairs=drawing.stairs,
        maps=cache(drawing.maps),
        bar=drawing.bar,
        confusion=drawing.confusion,
        timeline=drawing.timeline,
        plot=lru_cache(maxsize=64)(plot.plot),  # for the student's page after the staff's
        swatch=cache(plot.swatch),
        **{name: getattr(phrases, name) for name in TABLES},
    )
    return environment


TABLES: Final = (
    *(
        "STATUS",
        "STATUS_MEANING",
        "SEVERITY",
        "OUTCOME",
        "REPORT_WORDS",
        "PROBLEM",
        "STAGE",
        "LEVEL_NAMES",
        "KIND",
        "UNCOMPARED",
        "VARIANT",
        "QUANTITY",
        "AXIS_NAMES",
    ),
    "CHARTS",
)


def _zh(lab: Assignment) -> str:
    return lab.assignment.title.zh or lab.assignment.title.en


def _make(macro: Any, *values: Any) -> Any:
    """What `macro` makes of values that can be keys."""
    return macro(*values)


class _class_names:  # noqa: N801 - a function with a table
    """Class names in both languages; a name that is no class stays as it is."""

    def __init__(self, lab: Assignment) -> None:
        self._names = {
            label.en: phrases.both({"en": label.en, "zh": label.zh or label.en})
            for label in lab.classes
        }

    def __call__(self, name: str) -> Markup | str:
        return self._names.get(name, name)


def number(value: float) -> str:
    """A mark without needless zeros."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def percent(value: float) -> str:
    """Per cent to one decimal, half up, as the scripts of the class page round it."""
    return f"{Decimal(value).quantize(Decimal('0.1'), ROUND_HALF_UP)}\u202f%"


def seconds(value: float) -> str:
    """A duration as people say it."""
    if value < 1:
        return f"{1000 * value:.0f}\u202fms"
    if value < 120:
        return f"{value:.1f}\u202fs"
    return f"{value / 60:.1f}\u202fmin"


def day(time: str) -> str:
    """An ISO 8601 time as date and minute, UTC; as it is where it cannot be read."""
    try:
        return f"{datetime.fromisoformat(time.replace('Z', '+00:00')):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return time


def _copy_assets(to: Path) -> None:
    origin = files.templates() / "assets"
    for name in ASSETS:
        (to / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin / name, to / name)
    for name in SCRIPTS:
        files.put(to / f"{name}.js", scripts.script(name))
