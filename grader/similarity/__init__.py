"""Hand-ins that share trained weights, wrong answers or code: facts for a person to judge.

`fingerprint` is kept of each hand-in, in its evidence; `alike` finds pairs in a class.
"""

from grader.similarity.alike import Alike, Trace, alike, trace
from grader.similarity.fingerprint import fingerprint, handed_out

__all__ = ["Alike", "Trace", "alike", "fingerprint", "handed_out", "trace"]
