"""Named arrays in one file, mapped into memory when it is read: the safetensors format, written in a stream.

A file of eight bytes (how long the header is), a header in JSON and the numbers; nothing is ever executed, and
other programs can open it. The reader of ``safetensors`` itself would copy every array into memory.
"""

from __future__ import annotations

import json
import math
import mmap
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]

# The format's names of what is stored here.
_NAMES = {
    "F32": np.float32,
    "F16": np.float16,
    "I64": np.int64,
    "I32": np.int32,
    "I8": np.int8,
    "U8": np.uint8,
}
_CODES = {np.dtype(kind): name for name, kind in _NAMES.items()}
_PIECE = 1 << 24  # bytes handed on at a time


class Sink(Protocol):
    """Something that takes bytes: a file, or a hash."""

    def __call__(self, content: bytes | memoryview, /) -> object: ...  # noqa: D102


def pour(arrays: Mapping[str, Numbers], sink: Sink) -> None:
    """Hand the bytes of a file of ``arrays`` to ``sink``, a piece at a time.

    Each is float32, float16, int64, int32, int8 or uint8, of any shape; every array begins at a multiple of its item's
    size. Raises ``KeyError`` for another dtype.
    """
    # The widest first: the offsets of all are then multiples of their sizes without a gap.
    ready = sorted(arrays.items(), key=lambda pair: (-pair[1].itemsize, pair[0]))
    header, end = {}, 0
    for name, numbers in ready:
        start, end = end, end + numbers.nbytes
        code = _CODES[numbers.dtype]
        header[name] = {"dtype": code, "shape": list(numbers.shape), "data_offsets": [start, end]}
    head = json.dumps(header, separators=(",", ":")).encode()
    head += b" " * (-len(head) % 8)
    sink(len(head).to_bytes(8, "little") + head)
    for _, numbers in ready:
        content = np.ascontiguousarray(numbers).reshape(-1).view(np.uint8).data
        for start in range(0, len(content), _PIECE):
            sink(content[start : start + _PIECE])


def mapped(path: Path) -> dict[str, Numbers]:
    """The arrays of a file, read-only, on the disk until they are used.

    Raises ``OSError`` where it can't be opened, and ``ValueError`` where it is not such a file.
    """
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)  # ValueError where it is empty
    try:
        start = 8 + int.from_bytes(content[:8], "little")
        header = json.loads(content[8:start])
        return {name: _array(content, start, entry) for name, entry in header.items()}
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"{path} is not a file of arrays") from error


def _array(content: mmap.mmap, base: int, entry: Mapping[str, Any]) -> Numbers:
    kind, shape, (start, end) = np.dtype(_NAMES[entry["dtype"]]), entry["shape"], entry["data_offsets"]
    count = math.prod(shape)
    if end - start != count * kind.itemsize:
        raise ValueError("an array and its size do not fit")
    if not count:  # numpy does not map nothing
        return np.zeros(shape, dtype=kind)
    return np.frombuffer(content, dtype=kind, count=count, offset=base + start).reshape(shape)
