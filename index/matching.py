"""What lexical and late search see of an article, as numbers that can be stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Matching:
    """What lexical and late search see of an article's passages: their terms, and their token ids (or none)."""

    terms: tuple[tuple[str, ...], ...]
    tokens: tuple[Ids, ...]


def pack(matching: Matching) -> tuple[dict[str, Any], Ids]:
    """Terms and tokens as one row of numbers, and what leads back from there."""
    vocabulary = {term: n for n, term in enumerate(dict.fromkeys(t for row in matching.terms for t in row))}
    ids = [vocabulary[term] for row in matching.terms for term in row]
    numbers = np.concatenate([np.array(ids, dtype=np.int32), *matching.tokens]).astype(np.int32)
    key = {
        "vocabulary": list(vocabulary),
        "terms": [len(row) for row in matching.terms],
        "tokens": [len(row) for row in matching.tokens],
    }
    return key, numbers


def unpack(key: dict[str, Any], numbers: Ids) -> Matching:
    """The opposite of ``pack``. Raises ``KeyError``, ``TypeError`` or ``ValueError`` where they do not fit."""
    vocabulary = key["vocabulary"]
    ends = np.cumsum([*key["terms"], *key["tokens"]], dtype=np.int64)
    if numbers.ndim != 1 or numbers.dtype != np.int32 or (int(ends[-1]) if len(ends) else 0) != len(numbers):
        raise ValueError("terms and tokens do not fit")
    rows = np.split(numbers, ends[:-1]) if len(ends) else []
    count = len(key["terms"])
    terms = tuple(tuple(vocabulary[number] for number in row.tolist()) for row in rows[:count])
    return Matching(terms, tuple(rows[count:]))
