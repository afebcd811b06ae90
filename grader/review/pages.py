"""The pages of a review, from templates: every value in them is escaped as in the report's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from markupsafe import Markup

from grader.evidence import Evidence
from grader.evidence.findings import make_finding
from grader.language import Sentence
from grader.report import phrases as report_phrases
from grader.report.drawing import Log
from grader.report.gallery import gallery
from grader.report.pages import environment, staff_view
from grader.report.phrases import pattern
from grader.report.text import for_script, one_line
from grader.report.thumbnails import Thumbnails
from grader.report.values import Context, Result
from grader.review import phrases
from grader.review.desk import QueueRow, RowView
from grader.review.needs import NEEDS, SIMILARITY_CODES
from grader.review.queue import ON_A_PAGE, QueueView, counts
from grader.scoring import Override

MAX_REASON_KEYS: Final = 9  # reasons that a key stands for
MAX_CHANGES: Final = 300  # marks that are listed as changed


class ReviewPages:
    """Renders pages of one run; templates are compiled once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._thumbnails = Thumbnails(context.hidden, context.pictures, context.kept)
        self._environment = environment(context, "")
        self._environment.globals.update(
            NEEDS=NEEDS,
            ORDERS=phrases.ORDER_NAMES,
            FINDING=report_phrases.FINDING,
            one_line=one_line,
            pages="review",
            cause=_in_both,
            MAX_CHANGES=MAX_CHANGES,
        )

    def enter(self, nonce: str) -> str:
        """The door: it tells nothing of the class."""
        return self._render("review_enter.html", nonce, script=phrases.SCRIPT)

    def queue(
        self,
        nonce: str,
        view: QueueView,
        rows: Sequence[QueueRow],
        every: Sequence[QueueRow],
        person: str,
        **more: Any,
    ) -> str:
        """The queue. rows: of the view, in its order; every: all of the class."""
        team = sorted({name for row in every for name in (row.given, row.decided) if name})
        return self._render(
            "review_queue.html",
            nonce,
            view=view,
            rows=rows[view.start : view.start + ON_A_PAGE],
            shown=len(rows),
            counts=counts(every),
            on_a_page=ON_A_PAGE,
            team=team,
            share_is_known=view.share_is_known([*team, person]),
            person=person,
            **more,
        )

    def submission(
        self,
        nonce: str,
        view: QueueView,
        look: RowView,
        reasons: Sequence[tuple[str, int]],
        person: str,
        **more: Any,
    ) -> str:
        """One submission beside the decision about it."""
        result = look.result
        if view.blind:
            result = Result(_without_names(result.evidence), result.grade, result.log)
        shown = staff_view(result, self._context)
        if view.blind:
            shown = replace(shown, name=look.row.handle, number="", source="")
        evidence, grade = result.evidence, result.grade
        standing = (*grade.overrides, *grade.earlier)
        channels = self._context.assignment.interface.channels
        return self._render(
            "review_submission.html",
            nonce,
            view=view,
            row=look.row,
            place=look.row.handle if view.blind else look.row.page,
            v=shown,
            e=evidence,
            g=grade,
            own=any(each.author == person for each in standing),
            taken_back=look.taken_back,
            confirmed=look.confirmed,
            person=person,
            reasons=reasons[:MAX_REASON_KEYS],
            gallery=gallery(evidence.answers, channels, self._thumbnails),
            log=Log.of(result.log, evidence.findings) if result.log.strip() else None,
            attempts=[
                (
                    each,
                    gallery(each.gained, channels, self._thumbnails),
                    gallery(each.lost, channels, self._thumbnails),
                )
                for each in look.attempts
            ],
            **more,
        )

    def page(self, name: str, nonce: str, **values: Any) -> str:
        """Another page of the review."""
        return self._render(f"review_{name}.html", nonce, **values)

    def _render(self, template: str, nonce: str, **values: Any) -> str:
        told = {name: pattern(sentence) for name, sentence in phrases.SCRIPT.items()}
        script = Markup(for_script(told))  # noqa: S704 - safe there
        values = {"person": "", "unpublished": 0, **values, "script": script, "nonce": nonce}
        return self._environment.get_template(template).render(**values)


def _without_names(evidence: Evidence) -> Evidence:
    """The evidence for who marks without names: partners and a number that is claimed twice are
    left out.
    """
    findings = tuple(
        make_finding(each.code, {**each.facts, "other": "…", "ids": ""})
        if each.code in SIMILARITY_CODES
        else each
        for each in evidence.findings
    )
    origin = evidence.submission.origin.model_copy(update={"contested": ""})
    submission = evidence.submission.model_copy(update={"origin": origin})
    return evidence.model_copy(update={"findings": findings, "submission": submission})


def _in_both(sentence: Sentence) -> Markup:
    """A sentence of ours in each language."""
    return report_phrases.both(sentence.in_each())


def decision_words(each: Override) -> dict[str, object]:
    """A decision for a page's script."""
    says = []
    if each.undoes and not each.says_something:
        says.append(report_phrases.said("taken back"))
    if each.report:
        says.append(report_phrases.said(report_phrases.REPORT_WORDS[each.report]))
    if each.set_points is not None:
        says.append(dict.fromkeys(("en", "zh"), f"= {each.set_points:g}"))
    elif each.points:
        says.append(dict.fromkeys(("en", "zh"), f"{each.points:+g}"))
    if each.word:
        says.append(report_phrases.said(phrases.ACTION_NAMES[each.word]))
    return {
        "says": {lang: ", ".join(one[lang] for one in says) for lang in ("en", "zh")},
        "reason": one_line(each.reason, 400),
        "author": one_line(each.author, 60),
        "time": each.time,
    }
