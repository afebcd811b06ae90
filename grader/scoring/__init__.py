"""Marks: a pure function of evidence, policy and overrides."""

from grader.scoring.grade import Grade, GradePart, Status
from grader.scoring.override import Override, Standing, in_order, standing, taken_back
from grader.scoring.rules import IMAGES, PART, grade, images_part, worth

__all__ = [
    "IMAGES",
    "PART",
    "Grade",
    "GradePart",
    "Override",
    "Standing",
    "Status",
    "grade",
    "images_part",
    "in_order",
    "standing",
    "taken_back",
    "worth",
]
