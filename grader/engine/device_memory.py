"""Whether a submission ran out of an accelerator's memory: where others computed there at the same
time, that can be their doing.

The words are a claim like all that a submission says. Believing it costs one more examination,
alone on the accelerator, whose result stands.
"""

from __future__ import annotations

import re

from grader.engine.contract import Examined
from grader.examine.hints import CARD_MEMORY


def ran_out(examined: Examined) -> bool:
    """Whether anything that is known of the examination, or that was printed, says so."""
    told = examined.evidence.model_dump_json(exclude={"fingerprint", "records"})
    return bool(re.search(CARD_MEMORY, examined.log) or re.search(CARD_MEMORY, told))
