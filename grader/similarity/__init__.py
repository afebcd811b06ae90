"""Hand-ins that share trained weights, wrong answers or code: facts for a person to judge.

A fingerprint is kept of each hand-in, in its evidence; `alike` finds pairs in a class.
"""

from grader.similarity.alike import Alike, Trace, alike, trace
from grader.similarity.fingerprint import handed_out

__all__ = ["Alike", "Trace", "alike", "handed_out", "trace"]
