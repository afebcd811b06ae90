"""A conversation with one worker: numbered calls, deadlines, validated replies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from grader.sandbox.contract import Cause, End, SandboxedProcess
from grader.worker import protocol


class WorkerEndedError(Exception):
    """The worker is gone; `end` says why, and with that whose fault it is."""

    def __init__(self, end: End) -> None:
        super().__init__(f"{end.cause.value}: {end.detail}")
        self.end = end


class WorkerFaultError(Exception):
    """The worker's own code failed, not the submission's: by its word, `trace` is what it told."""

    def __init__(self, trace: str) -> None:
        super().__init__(next((line for line in reversed(trace.splitlines()) if line.strip()), ""))
        self.trace = trace


class WorkerClient:
    """Calls to the worker in one box. After WorkerEndedError every call raises it again."""

    def __init__(self, box: SandboxedProcess, waited: Callable[[float], None]) -> None:
        """waited: is told the seconds that the box waited for a processor in each call."""
        self.box = box
        self._waited = waited
        self._number = 0

    def ask(
        self,
        operation: str,
        seconds: float,
        array: NDArray[Any] | None = None,
        meta: protocol.Meta | None = None,
    ) -> tuple[protocol.Meta, NDArray[Any] | None]:
        """Call `operation` and wait for its report, `seconds` at most.

        Raises WorkerEndedError.
        """
        payload = protocol.pack_message({"op": operation, **(meta or {})}, array)
        reply = self._exchange(
            payload, protocol.REPORT, protocol.MAX_META + protocol.MAX_ARRAY, seconds
        )
        try:
            return protocol.unpack_message(reply)
        except protocol.FrameError as error:
            raise self.breach(str(error)) from None

    def predict(
        self, given: NDArray[Any], seconds: float, meta: protocol.Meta | None = None
    ) -> protocol.Answer:
        """Put one image, uint8 (H, W, 3), to the submission; with `meta` (function, text) another
        input to another function. Raises WorkerEndedError.
        """
        payload = protocol.pack_message({"op": "predict", **(meta or {})}, given)
        reply = self._exchange(payload, protocol.ANSWER, protocol.ANSWER_BYTES, seconds)
        try:
            return protocol.unpack_answer(reply)
        except protocol.FrameError as error:
            raise self.breach(str(error)) from None

    def _exchange(self, payload: bytes, kind: int, limit: int, seconds: float) -> bytes:
        self._number += 1
        before = self.box.waited
        self.box.deadline(seconds)
        try:
            protocol.write_frame(self.box.stdin, protocol.CALL, self._number, payload)
            frame = protocol.read_frame(self.box.stdout, limit)
        except (OSError, ValueError):  # ValueError: the stream was closed by an earlier end
            frame = None
        except protocol.FrameError as error:
            raise self.breach(str(error)) from None
        self.box.deadline(None)
        self._waited(self.box.waited - before)
        if frame is None:
            # CLOSED stands only where the box has no reason of its own to be gone.
            raise WorkerEndedError(self.box.end(Cause.CLOSED))
        if (frame.kind, frame.number) != (kind, self._number):
            raise self.breach(
                f"expected reply {self._number} of kind {kind}, found {frame.number} of "
                f"kind {frame.kind}"
            )
        return frame.payload

    def breach(self, detail: str) -> WorkerEndedError:
        """End the box for breaking the protocol; the error to raise for it."""
        end = self.box.end(Cause.PROTOCOL)
        if end.cause is Cause.PROTOCOL:
            end = End(end.cause, detail)
        return WorkerEndedError(end)
