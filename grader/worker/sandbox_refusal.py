"""Whether an exception is the sandbox's refusal of something that it refuses at level basic alone.

There the filter answers EPERM to who starts a process, opens a socket or makes a pipe with a name,
and Landlock EACCES to who wants a semaphore that processes share.
"""

from __future__ import annotations

import errno
import traceback
from pathlib import Path

# A connection to elsewhere gets nowhere at any level: that is the submission's.
_TO_ELSEWHERE = "create_connection"
_SHARED = "multiprocessing"  # the standard library's folder: its semaphores are files


def is_refused(error: BaseException) -> bool:
    """Whether the exception is such a refusal."""
    if not isinstance(error, OSError) or error.errno not in (errno.EPERM, errno.EACCES):
        return False
    calls = traceback.extract_tb(error.__traceback__)
    if error.errno == errno.EACCES:
        return any(_SHARED in Path(call.filename).parts for call in calls)
    return all(call.name != _TO_ELSEWHERE for call in calls)
