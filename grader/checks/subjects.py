"""What the fixtures of a check are: the hand-in, its LeNet5, its garbage classifier."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from grader.checks.failure import CheckFailedError
from grader.evidence import Answer
from grader.examine.replies import Failure, LeNet5Report
from grader.examine.session import Session
from grader.worker import frames


class SubmissionSubject:
    """The fixture `submission`: the whole hand-in."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @cached_property
    def lenet5(self) -> LeNet5Report:
        """What was found when LeNet5 was looked for and built."""
        return self.session.lenet5()


class LeNet5Subject:
    """The fixture `lenet5`: the hand-in's network, already built."""

    def __init__(self, session: Session, report: LeNet5Report) -> None:
        self._session = session
        self.report = report

    @property
    def shapes(self) -> list[tuple[int, ...]]:
        """Shapes of the parameters, in the network's order."""
        return [tuple(parameter.shape) for parameter in self.report.parameters]

    @property
    def count(self) -> int:
        """How many single weights the network has."""
        return self.report.count

    @cached_property
    def size(self) -> int:
        """Height and width of the images that the network takes: 32, or 28 in the known variant
        with padding in the first layer. 32 where it takes neither.
        """
        for size in (32, 28):
            report, _ = self._session.lenet5_forward(np.zeros((1, 1, size, size), np.float32))
            if report.error is None:
                return size
        return 32

    def __call__(self, images: NDArray[np.float32]) -> NDArray[Any]:
        """The network's output for float32 images (N, 1, H, W).

        Raises CheckFailedError where the network raises.
        """
        report, output = self._session.lenet5_forward(images.astype(np.float32))
        if report.error is not None or output is None:
            raise CheckFailedError(
                "The network could not process the input.\n网络无法处理该输入。",
                expected=f"an output for an input of shape {images.shape}",
                actual=_told(report.error),
                help="Call it on zeros of this shape.\n请用该形状的零数组自行调用一次。",
            )
        return output


class GarbageSubject:
    """The fixture `garbage`: the classifier; `answers` to the hidden images by image id."""

    def __init__(self, session: Session, answers: Mapping[str, Answer]) -> None:
        self._session = session
        self.answers = answers

    def predict(self, image: NDArray[np.uint8]) -> str:
        """What the hand-in says to one uint8 image (H, W, 3) in the assignment's order.

        Raises CheckFailedError where it raises or returns something else than a string.
        """
        answer = self._session.predict(image, self._session.setup.assignment.limits.first_answer)
        if answer.outcome != frames.WORD:
            raise CheckFailedError(
                "predict gave no class name.\npredict 没有返回类别名称。",
                expected="a class name (str)",
                actual=answer.word,
            )
        return answer.word


def _told(error: Failure | None) -> str:
    if error is None:
        return "no output"
    place = f" ({error.file}, line {error.line})" if error.file else ""
    return error.summary + place
