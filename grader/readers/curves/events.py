"""Scalars in event files: MindSpore's summaries and TensorBoard's.

Both are records (length, checksum, bytes, checksum) of one message, Event. Only the few fields that
a scalar needs are described here; protobuf passes over all others. Checksums are not looked at: a
damaged file gives what could be read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from grader.readers.curves.series import Point, Series, quantity

MAX_EVENT_BYTES = 64 * 1024 * 1024  # of a file that are looked at
RECORD = 64 * 1024  # bytes: larger ones hold graphs and images
RECORDS = 200_000
TAGS = 24
VALUES = 64  # of one record that are looked at; trainings write one or a few at a time
POINTS = 200_000  # of a file
_HEAD, _CHECKSUM = struct.Struct("<QI"), 4

_DOUBLE, _FLOAT, _INT64, _INT32, _MESSAGE, _BYTES = 1, 2, 3, 5, 11, 12
_FIELDS = {  # message: {field: (number, type, message or whether there are many)}
    "Event": {"step": (2, _INT64, ""), "summary": (5, _MESSAGE, "Summary")},
    "Summary": {"value": (1, _MESSAGE, "*Value")},
    "Value": {
        "tag": (1, _BYTES, ""),
        "simple_value": (2, _FLOAT, ""),  # TensorBoard
        "scalar_value": (3, _FLOAT, ""),  # MindSpore
        "tensor": (8, _MESSAGE, "Tensor"),  # TensorBoard since TensorFlow 2
    },
    "Tensor": {
        "dtype": (1, _INT32, ""),
        "content": (4, _BYTES, ""),
        "float": (5, _FLOAT, "*"),
        "double": (6, _DOUBLE, "*"),
    },
}
_DTYPES = {1: "<f", 2: "<d"}  # of a tensor's content, by TensorFlow's numbers


@cache
def _event() -> Any:
    """The class of an Event."""
    file = descriptor_pb2.FileDescriptorProto(
        name="events.proto", package="grader", syntax="proto2"
    )
    for name, fields in _FIELDS.items():
        message = file.message_type.add(name=name)
        for field, (number, kind, of) in fields.items():
            message.field.add(
                name=field,
                number=number,
                type=kind,
                label=3 if of.startswith("*") else 1,
                type_name=f".grader.{of.lstrip('*')}" if kind == _MESSAGE else None,
            )
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("grader.Event"))


def read_events(path: Path) -> list[Series]:
    """The scalars of the event file at `path` that are a loss or an accuracy, by tag."""
    found: dict[str, Series] = {}
    left = POINTS
    with path.open("rb") as file:
        for record in _records(file):
            if left <= 0:
                break
            try:
                event = _event().FromString(record)
            except DecodeError:
                continue
            for value in islice(event.summary.value, VALUES):
                left -= 1
                tag = value.tag[:200].decode("utf-8", "replace")
                number = _number(value)
                if number is None or not quantity(tag):
                    continue
                if tag not in found and len(found) >= TAGS:
                    continue
                series = found.setdefault(tag, Series(tag))
                by_epoch = tag.startswith("epoch")  # as Keras calls what it logs once an epoch
                series.points.append(
                    Point(number, epoch=event.step) if by_epoch else Point(number, step=event.step)
                )
    return list(found.values())


def _records(file: BinaryIO) -> Iterator[bytes]:
    """The records of `file` up to RECORD bytes each; larger ones are passed over."""
    for _ in range(RECORDS):
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return
        length = _HEAD.unpack(head)[0]
        if file.tell() + length > MAX_EVENT_BYTES:
            return
        if length > RECORD:
            file.seek(length + _CHECKSUM, 1)
            continue
        record = file.read(length)
        file.seek(_CHECKSUM, 1)
        yield record


def _number(value: Any) -> float | None:
    """The one number of a value, if it is a scalar."""
    for field in ("simple_value", "scalar_value"):
        if value.HasField(field):
            return float(getattr(value, field))
    tensor = value.tensor
    for many in (tensor.float, tensor.double):
        if len(many) == 1:
            return float(many[0])
    form = _DTYPES.get(tensor.dtype)
    if form and len(tensor.content) == struct.calcsize(form):
        return float(struct.unpack(form, tensor.content)[0])
    return None
