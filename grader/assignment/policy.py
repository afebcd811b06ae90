"""How exact counts become marks: the keys of ``[policy]``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from grader.assignment.formula import FormulaError, require_formula
from grader.evidence import Document
from grader.expectations import WrongError
from grader.language import Sentence

RULE_OF = {"formula": "formula", "zero_at": "linear"}  # by a key, the one rule that it counts with
Percent = Annotated[int, Field(ge=0, le=100)]


class Title(Document):
    """What the assignment is called, in both languages."""

    en: str = ""
    """In English; the Chinese one stands in for it."""
    zh: str = ""
    """In Chinese; the English one stands in for it."""

    @model_validator(mode="before")
    @classmethod
    def _in_one_language(cls, data: Any) -> Any:
        if isinstance(data, dict) and not data.get("en") and isinstance(data.get("zh"), str):
            return {**data, "en": data["zh"]}
        return data

    @model_validator(mode="after")
    def _said(self) -> Title:
        if not self.en.strip():
            raise WrongError(Sentence("it says nothing: expected a title in en or zh"))
        return self


class MarkRule(Document):
    """How the exact count of right answers of one part becomes marks."""

    title: Title = Title(en="Hidden images", zh="隐藏图片")
    """What the pages call the part."""
    points: float = Field(100, ge=0)
    """Marks for the part."""
    rule: Literal["bands", "linear", "formula"] = "bands"
    """How marks fall below `full_at`: by bands; in a straight line down to `zero_at`; or by a
    formula of your own, for all of it."""
    full_at: Percent = 85
    """Per cent of the hidden images right, and above: all points."""
    band: int = Field(5, ge=1, le=100)
    """Per cent that a band is wide."""
    cost: float = Field(5, ge=0)
    """Marks that each band below `full_at` costs, where the rule is by bands."""
    zero_at: Percent = 0
    """Per cent at and below which there are no marks, where the rule is linear."""
    formula: str = ""
    """Marks, where the rule is a formula: of `percent` (exact), `correct`, `total` and `points`,
    with + - * / **, comparisons, `… if … else …`, min, max, floor, ceil, round. What it gives is
    held between 0 and `points`."""
    guessing: float = Field(0.01, ge=0, le=1)
    """Level of the one-sided exact test: who is no better than guessing has no points."""

    @field_validator("formula")
    @classmethod
    def _understood(cls, formula: str) -> str:
        if formula:
            try:
                require_formula(formula)
            except FormulaError as error:
                raise WrongError(error.said) from None
        return formula

    @model_validator(mode="after")
    def _complete(self) -> MarkRule:
        if self.rule == "linear" and self.zero_at >= self.full_at:
            facts = {"none": str(self.zero_at), "full": str(self.full_at)}
            said = Sentence("zero_at ({none}) must be below full_at ({full})", facts)
            raise WrongError(said, "zero_at")
        if self.rule == "formula" and not self.formula:
            raise WrongError(Sentence("rule is formula, and there is no formula"), "rule")
        for key, rule in RULE_OF.items():
            if self.rule != rule and getattr(self, key):  # it would be ignored in silence
                raise WrongError(
                    Sentence(
                        '{key} counts only with rule = "{rule}", and rule is "{found}"',
                        {"key": key, "rule": rule, "found": self.rule},
                    ),
                    key,
                )
        return self


class Policy(MarkRule):
    """How exact counts become marks; `grader.scoring` applies it."""

    parts: dict[str, MarkRule] = Field(default_factory=dict)
    """The same keys, from `title` to `guessing`, for each of `[[parts]]`, by its id:
    `[policy.parts.ID]`."""
    report_from: Percent | None = None
    """Per cent from which a complete lab report gives all points; without it no report is asked."""
    report: Literal["person", "found"] = "person"
    """Who says that a report is complete: a person, or the grader where it found one."""
    attempts: Literal["latest", "best", "first"] = "latest"
    """Which of several submissions of one student counts."""
    absent: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """Marks of a student on the roster who submitted nothing; without it none are written."""

    @model_validator(mode="after")
    def _ordered(self) -> Policy:
        if self.report_from is not None and self.report_from > self.full_at:
            facts = {"some": str(self.report_from), "full": str(self.full_at)}
            raise WrongError(
                Sentence("report_from ({some}) must not be above full_at ({full})", facts),
                "report_from",
            )
        return self

    def __hash__(self) -> int:
        """Of what pages ask for again and again; a table of parts has no hash of its own."""
        return hash((self.points, self.rule, self.full_at, self.band, self.cost, self.report_from))

    def of_part(self, name: str) -> MarkRule:
        """The rule of one of `[[parts]]`, by its id."""
        return self.parts.get(name) or MarkRule(title=Title(en=name))
