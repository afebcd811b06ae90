"""What the fixtures of a check are: the submission, its LeNet5, its classifier."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.assignment import lenet5
from grader.checks.failure import CheckFailedError
from grader.checks.network_subject import NO_OUTPUT, NetworkSubject
from grader.evidence import Answer
from grader.examine import lenet5_reference as reference
from grader.examine.class_names import Vocabulary
from grader.examine.mnist import read_mnist
from grader.examine.replies import DatasetReport, NetworkReport
from grader.examine.session import Session
from grader.examine.worker_client import WorkerEndedError
from grader.language import Sentence
from grader.worker import protocol

LOSSES = Sentence("losses")  # what training is to give
DIGITS = 128  # that a submission's data set is made of
NO_ANSWER = Sentence("The function gave no class name.")  # why a check failed that asked for one
NO_LENET5 = Sentence("there is no LeNet5 to check")  # why a check of it was skipped
MADE_UP = Sentence("they are about images of the lab, and the pictures here are made up")
NONE_VALID = Sentence("the function gave no valid answer to any image")  # why one was skipped


class NotAskedError(pytest.skip.Exception):  # type: ignore[name-defined, misc]
    """A check is about what the assignment does not ask for: no page shows it."""


class SubmissionSubject:
    """The fixture `submission`: the whole submission.

    Attributes:
        session: talks to the worker that has imported it, see `grader.examine.session.Session`.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    @cached_property
    def lenet5(self) -> NetworkReport:
        """What was found when LeNet5 was looked for and built.

        Returns:
            The network's parameters with shapes, or the error that building it raised.

        Raises:
            NotAskedError: where the assignment asks for no LeNet5; the check is left out.
        """
        name = self.session.setup.assignment.interface.lenet5
        if not name:
            raise NotAskedError("the assignment asks for no LeNet5: interface.lenet5")
        return self.session.find_network(lenet5(name))

    @property
    def names(self) -> tuple[str, ...]:
        """The class names of the assignment, in its order."""
        return self.session.setup.assignment.names

    def predict(self, image: NDArray[np.uint8]) -> str:
        """Ask the submission about one image that is not hidden, as grading does.

        Args:
            image: uint8 (H, W, 3), its channels in the assignment's order (`interface.channels`).

        Returns:
            The class name, as grading takes it, of whatever way of writing it; else the string that
            the function returned.

        Raises:
            CheckFailedError: where it raises, ends its process or takes too long, or returns
                something else than a string. Where it has no valid answer to any hidden image
                either, the check is skipped in the end: that is one fault, and told once.
        """
        try:
            answer = self.session.predict(image, self.session.setup.assignment.limits.first_answer)
        except WorkerEndedError as ended:
            raise _no_answer(f"{ended.end.cause.value} {ended.end.detail}".rstrip()) from None
        if answer.outcome != protocol.WORD:
            raise _no_answer(answer.word)
        vocabulary = Vocabulary(self.session.setup.assignment.classes)
        return vocabulary.name(answer.word) or answer.word


def _no_answer(actual: str) -> CheckFailedError:
    expected = Sentence("a class name (str)").in_lines()
    return CheckFailedError(NO_ANSWER.in_lines(), expected=expected, actual=actual)


class DatasetSubject:
    """The fixture `dataset`: the first batch that the submission's function gives for MNIST's
    files.

    Attributes:
        name: of that function, the assignment's `interface.dataset`.
        report: shapes and dtypes of images and labels, or the error that it raised.
        images: the batch's images as float32, of the shape in `report`; empty where there are none.
    """

    def __init__(self, session: Session) -> None:
        folder = session.setup.assignment.mnist
        if folder is None:
            drawn, labels = reference.digits(DIGITS, 28)
            digits = (drawn[:, 0] * 255).astype(np.uint8)
        else:
            digits, read = (values[:DIGITS] for values in read_mnist(folder))
            labels = read.tolist()
        self.name = session.setup.assignment.interface.dataset
        self._report, self._images = session.dataset(digits, labels)

    @property
    def report(self) -> DatasetReport:
        """Forms of images and labels, and what went wrong."""
        return self._report

    @property
    def images(self) -> NDArray[np.float32]:
        """The images of the batch, as float32; empty where there are none."""
        return np.zeros(0, np.float32) if self._images is None else self._images


class LeNet5Subject(NetworkSubject):
    """The fixture `lenet5`: the submission's LeNet5, already built.

    Attributes:
        report: what was found of it: class, file, parameters.
    """

    @cached_property
    def size(self) -> int:
        """Height and width of the images that the network takes: 32, or 28 in the known variant
        with padding in the first layer. 32 where it takes neither.
        """
        for size in (32, 28):
            report, _ = self._network.forward(np.zeros((1, 1, size, size), np.float32))
            if report.error is None:
                return size
        return 32

    @cached_property
    def known_weights(self) -> dict[str, NDArray[np.float32]]:
        """The lecture's weights by role, as far as this variant has them.

        Returns:
            "conv1.w" (6, 1, 5, 5), "conv1.b" (6,), "conv2.w" (16, 6, 5, 5), "conv2.b" (16,),
            "dense1.w" (120, 400), "dense1.b" (120,), "dense2.w" (84, 120), "dense2.b" (84,),
            "dense3.w" (10, 84), "dense3.b" (10,), all float32; without the biases that the
            submission's convolutions do not have.
        """
        weights = reference.some_weights()
        convolutions = [layer for layer in self.layers.layers if layer.kind == "convolution"]
        for role, layer in zip(("conv1", "conv2"), convolutions, strict=False):
            if not layer.bias:
                del weights[f"{role}.b"]
        return weights

    def put_known_weights(self) -> None:
        """Put the lecture's weights into the submission's network.

        A check that calls this is skipped where they do not fit: its layers differ, which the
        check of shapes says.
        """
        for role, values in _roles_here(self.known_weights, self.layers.variant.c5).items():
            report = self._network.set(role, values)
            if not report.set:
                facts = {"role": role, "shape": str(values.shape)}
                text = "{role} of shape {shape} does not fit: the layers differ"
                pytest.skip(Sentence(text, facts).in_lines())

    def expected_outputs(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the lecture's network computes with the known weights.

        Args:
            images: float32 (N, 1, H, W) with H and W as in `size`.

        Returns:
            float32 (N, 10), by the variant (padding, pooling, activations) that `layers` found.
        """
        variant = self.layers.variant
        chosen = reference.Variant(
            padding=2 if variant.input == 28 else 0,
            pool=variant.pool,
            conv_activation=variant.conv_activation,
            dense_activation=variant.dense_activation,
        )
        return reference.forward(images, self.known_weights, chosen)

    def losses(self, steps: int = 30) -> list[float]:
        """Train the network on 64 written digits, with cross-entropy and the framework's SGD.

        Args:
            steps: how many steps, each on all 64.

        Returns:
            The loss after each step.

        Raises:
            CheckFailedError: where the network cannot be trained.
        """
        images, labels = reference.digits(64, self.size)
        report = self._network.train(images, labels, steps)
        if report.error is not None or not report.losses:
            raise CheckFailedError(
                Sentence("The network could not be trained.").in_lines(),
                expected=LOSSES.in_lines(),
                actual=(report.error.said if report.error else NO_OUTPUT).in_lines(),
            )
        return report.losses


class ClassifierSubject(SubmissionSubject):
    """The fixture `classifier`, also called `garbage`: what answers the hidden images. A check that
    asks for it is skipped where no hidden image has a valid answer.
    """

    def __init__(self, session: Session, answers: Mapping[str, Answer]) -> None:
        super().__init__(session)
        self._answers = answers

    @property
    def answers(self) -> Mapping[str, Answer]:
        """The answers to the hidden images, by image id ("<folder>/<file>"); each has `truth` and
        `answer`, the class names, `correct`, and `problem` where it is no valid answer. The same
        ones in grading and with `pytest --submission`.
        """
        return self._answers


def _roles_here(weights: dict[str, NDArray[np.float32]], c5: str) -> dict[str, NDArray[np.float32]]:
    """Weights by the worker's roles, which count layers of a kind: with C5 as a convolution it is
    the third of those, and the dense layers begin one later.
    """
    if c5 != "convolution":
        return weights
    names = {"dense1": "conv3", "dense2": "dense1", "dense3": "dense2"}
    moved = {}
    for role, values in weights.items():
        layer, part = role.split(".")
        moved[f"{names.get(layer, layer)}.{part}"] = values
    moved["conv3.w"] = moved["conv3.w"].reshape(120, 16, 5, 5)
    return moved
