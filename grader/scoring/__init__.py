"""Marks: a pure function of evidence, policy and overrides."""

from grader.scoring.grade import Grade, GradePart, Status
from grader.scoring.override import Override, Standing, in_order, standing, taken_back
from grader.scoring.rules import garbage, grade

__all__ = [
    "Grade",
    "GradePart",
    "Override",
    "Standing",
    "Status",
    "garbage",
    "grade",
    "in_order",
    "standing",
    "taken_back",
]
