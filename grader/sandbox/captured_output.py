"""What a box printed: counted in full, kept in part, half from the start and half from the end."""

from __future__ import annotations

import threading


class CapturedOutput:
    """A bounded memory of a stream; one thread adds, others read."""

    def __init__(self, kept: int) -> None:
        """kept: bytes to keep in all."""
        self.size = 0  # bytes seen
        self._half = kept // 2
        self._head = bytearray()
        self._tail = bytearray()
        self._lock = threading.Lock()

    def add(self, part: bytes) -> None:
        """Add what was printed next."""
        with self._lock:
            self.size += len(part)
            room = self._half - len(self._head)
            if room > 0:
                self._head += part[:room]
                part = part[room:]
            self._tail += part[-self._half :] if self._half else b""
            if len(self._tail) > 2 * self._half:  # seldom, as cutting copies
                del self._tail[: -self._half]

    def text(self) -> str:
        """What is kept, decoded as UTF-8 with replacement, with a note of what is left out."""
        with self._lock:
            head, tail, size = bytes(self._head), bytes(self._tail[-self._half :]), self.size
        left_out = size - len(head) - len(tail)
        if left_out <= 0:
            return (head + tail).decode("utf-8", "replace")
        note = f"\n[... {left_out} bytes left out ...]\n"
        return head.decode("utf-8", "replace") + note + tail.decode("utf-8", "replace")

    def first_line(self) -> str:
        """The first line, for a message."""
        return self.text().strip().partition("\n")[0]
