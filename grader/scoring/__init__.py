"""Marks: a pure function of evidence, policy and overrides."""

from grader.scoring.grade import Grade, Override, Part, Status
from grader.scoring.rules import garbage, grade

__all__ = ["Grade", "Override", "Part", "Status", "garbage", "grade"]
