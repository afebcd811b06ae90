"""Submissions that share trained weights, wrong answers or code: facts for a person to judge.

A fingerprint is kept of each submission, in its evidence; `similarities` finds pairs in a class.
"""

from grader.similarity.fingerprint import handed_out
from grader.similarity.pairs import ComparedPrints, Similarity, similarities, trace, unnamed

__all__ = ["ComparedPrints", "Similarity", "handed_out", "similarities", "trace", "unnamed"]
