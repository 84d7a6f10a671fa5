"""Texts as rows of token ids, all in one array, drawn a batch at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.training.vocabulary import Vocabulary

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Ragged:
    """Text i is ``ids[starts[i]:starts[i + 1]]``."""

    ids: npt.NDArray[np.int32]
    starts: Ids

    def take(self, which: Ids) -> tuple[Ids, Ids]:
        """The ids of some texts end to end, and where each begins (an EmbeddingBag's input and offsets).

        >>> Ragged(np.array([5, 6, 7], dtype=np.int32), np.array([0, 2, 3])).take(np.array([1, 0]))
        (array([7, 5, 6]), array([0, 1]))
        """
        lengths = self.starts[which + 1] - self.starts[which]
        offsets = np.cumsum(lengths) - lengths
        flat = np.arange(lengths.sum()) - np.repeat(offsets - self.starts[which], lengths)
        return self.ids[flat].astype(np.int64), offsets


def padded(ids: Ids, offsets: Ids, longest: int) -> Ids:
    """Texts end to end as a matrix (texts, ≤ longest): each cut, or filled up with 0, which stands for nothing.

    >>> padded(np.array([7, 5, 6]), np.array([0, 1]), 9)
    array([[7, 0],
           [5, 6]])
    """
    lengths = np.minimum(np.diff([*offsets, len(ids)]), longest)
    matrix = np.zeros((len(offsets), max(int(lengths.max(initial=1)), 1)), dtype=np.int64)
    for line, start, length in zip(matrix, offsets, lengths, strict=True):
        line[:length] = ids[start : start + length]
    return matrix


def ragged(vocabulary: Vocabulary, texts: Sequence[str], longest: int, chunk: int = 5000) -> Ragged:
    """The rows of ``texts``, each cut after ``longest`` tokens; unknown tokens are left out."""
    tokenizer = vocabulary.tokenizer()
    parts = []
    for start in range(0, len(texts), chunk):
        for encoding in tokenizer.encode_batch_fast(
            list(texts[start : start + chunk]), add_special_tokens=False
        ):
            row = (
                vocabulary.row[encoding.ids[:longest]].astype(np.int32)
                if encoding.ids
                else np.zeros(0, np.int32)
            )
            parts.append(row[row > 0])
    starts = np.cumsum([0, *map(len, parts)])
    return Ragged(np.concatenate([*parts, np.zeros(0, np.int32)]), starts)
