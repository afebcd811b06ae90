"""Marks: a pure function of evidence, policy and overrides."""

from grader.scoring.grade import Asked, Grade, GradePart, Status
from grader.scoring.override import Override, Standing, in_order, standing, taken_back
from grader.scoring.rules import CHECKS, IMAGES, PART, grade, images_part, worth

__all__ = [
    "CHECKS",
    "IMAGES",
    "PART",
    "Asked",
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
