"""Taking an archive's files by a reader, as intake does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.readers.limits import MIB, IntakeLimits
from grader.readers.notices import ArchiveRefusedError

SMALL = IntakeLimits(total=4 * MIB, file=2 * MIB, files=50, depth=6, ratio_from=MIB)


def refused(take: Callable[..., Path], raw: bytes, limits: IntakeLimits = SMALL) -> str:
    with pytest.raises(ArchiveRefusedError) as caught:
        take(raw, limits)
    reason = caught.value.reason
    assert "\n" not in reason and reason.isprintable()
    return reason
