"""Workers that are killed from outside, again and again: a fault of nobody's submission."""

from __future__ import annotations

from grader.language import Sentence, TroubleError

KILLS_BORNE = 2  # times that a submission is started anew after SIGKILL from outside


class KilledError(TroubleError):
    """Somebody or something outside keeps killing the workers."""

    def __init__(self, detail: str, memory: int) -> None:
        facts = {"times": str(KILLS_BORNE + 1), "by": detail, "memory": str(memory)}
        super().__init__(
            Sentence(
                "The process was killed from outside {times} times, at last by {by}; its limit is "
                "{memory} MiB.",
                facts,
            ),
            Sentence(
                "Most likely this machine ran out of memory: grade with fewer --jobs, or set "
                "limits.memory lower. The same command goes on with the images that were not asked."
            ),
        )
