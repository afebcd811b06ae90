"""How long an examination will take, guessed before anything of it has run.

Only the order follows from it: the longest first, so that none is left over when all others are
done. On a first run only what was handed in can tell; nothing is unpacked or parsed for it.

The figures are of the sample and golden classes (two jobs, 2 processors of an AMD EPYC, 130 hidden
images). What is without a framework takes 2 s. With one, workers that import it and what is asked
beside the images take 5 s, and an image with all that is asked about it 0.07 s. Who reads the
weights anew in each call pays for that at each image, there and in all that comes after: 0.6 s.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from grader.intake import Submission

PLAIN_SECONDS = 2.0
FRAMEWORK_SECONDS = 5.0
IMAGE_SECONDS = 0.07  # an image, where a framework answers
READING_IMAGE_SECONDS = 0.6  # an image, where each call reads the weights
BYTES_A_SECOND = 50_000_000  # at which weights are copied, digested and loaded
MAX_SOURCE_BYTES = 1 << 20  # looked at, of a submission

_FRAMEWORK = re.compile(
    rb"\b(?:import|from)\s+(?:mindspore|mindcv|torch|timm|tensorflow|keras|onnxruntime)"
)
_READS_WEIGHTS = re.compile(
    rb"\b(?:load_checkpoint|load_model|load_weights|torch\s*\.\s*load|InferenceSession)\s*\("
)


def expected_seconds(submission: Submission, function: str, images: int) -> float:
    """Whole seconds, so that alike submissions keep their order.

    Args:
        submission: as it was handed in.
        function: name of the function that is asked for an answer.
        images: number of hidden images.
    """
    size, text = 0, b""
    for path, status in _files(submission):
        size += status.st_size
        if path.suffix in (".py", ".ipynb") and len(text) < MAX_SOURCE_BYTES:
            text += _beginning(path, MAX_SOURCE_BYTES - len(text)) + b"\n"
    archived = any(part.kind.archive for part in submission.parts)
    seconds = PLAIN_SECONDS + size / BYTES_A_SECOND
    if _reads_in_each_call(text, function):
        seconds += FRAMEWORK_SECONDS + READING_IMAGE_SECONDS * images
    elif archived or _FRAMEWORK.search(text):  # what an archive holds is as usual
        seconds += FRAMEWORK_SECONDS + IMAGE_SECONDS * images
    return float(round(seconds))


def _reads_in_each_call(text: bytes, function: str) -> bool:
    """Whether the function itself reads weights, by its lines: up to one that is not indented."""
    name = re.escape(function.encode())
    body = re.compile(rb"^def\s+" + name + rb"\s*\(.*\n(?:(?:[ \t#)].*)?\r?\n)*", re.MULTILINE)
    return any(_READS_WEIGHTS.search(found[0]) for found in body.finditer(text))


def _files(submission: Submission) -> Iterator[tuple[Path, os.stat_result]]:
    """Regular files; links are not followed, but for the submission itself."""
    for part in submission.parts:
        if not part.path.is_dir():
            yield part.path, part.path.stat()
        for folder, _, names in os.walk(part.path):
            for name in names:
                path = Path(folder, name)
                if path.is_file() and not path.is_symlink():
                    yield path, path.lstat()


def _beginning(path: Path, most: int) -> bytes:
    """At most `most` bytes; none of what cannot be read, which its examination will tell."""
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError:
        return b""
