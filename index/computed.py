"""What is computed from articles, once, so that they can be searched: the segment of an index.

A search compares the question with nothing but this. What an encoder does not give is left out of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from index.article import Article, Passage
from index.articles import Articles
from index.context import I8
from index.encoder import ContextEncoder, Encoder, TokenEncoder
from index.fold import terms
from index.late import distinct
from index.lexical import Postings
from index.ragged import Ragged
from index.segment import Part, Segment
from index.split import sentences

F32 = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]
T = TypeVar("T")

# So many passages are encoded between two reports of progress: a few seconds on a slow machine.
_BATCH = 64

# What a name alone does not say: that it is the author's.
_ROLES = {"author": "作者 author", "title": "標題 title"}


def searchable(passage: Passage) -> str:
    """What is matched of a passage: its heading, which often names what the text calls "it", and its text.

    >>> searchable(Passage("a.txt", "It has 26 members.", 0, 18, heading="CICA"))
    'CICA\\nIt has 26 members.'
    >>> searchable(Passage("a.txt", "吳東野", 0, 3, kind="author"))
    '作者 author\\n吳東野'
    """
    return "\n".join(filter(None, (_ROLES.get(passage.kind), passage.heading, passage.text)))


def searchable_parts(article: Article, passage: Passage) -> list[str]:
    """The same, its text as its sentences."""
    spans = sentences(article, passage.start, passage.end)
    texts = [article.text[start:end] for start, end in spans]
    return [*filter(None, (_ROLES.get(passage.kind), passage.heading)), *texts]


def _row_names(encoder: Encoder) -> set[str]:
    """What a segment has of an encoder, beside the vector of each passage."""
    tokens = {"tokens"} if isinstance(encoder, TokenEncoder) else set()
    return tokens | ({"context"} if isinstance(encoder, ContextEncoder) else set())


def compute(
    articles: Sequence[Article],
    encoder: Encoder,
    progress: Progress | None = None,
    *,
    vectors: F32 | None = None,
) -> Segment:
    """What is computed from articles, whose passages are n together.

    ``vectors``, float32 ``(n, d)``, unit norm, are those of the passages, where they are known already. ``progress`` is
    called with the number of passages encoded so far and of all.
    """
    texts = [searchable(passage) for article in articles for passage in article.passages]
    postings = Postings.of([terms(text) for text in texts])
    rows = {}
    if isinstance(encoder, TokenEncoder):
        rows["tokens"] = distinct(encoder.token_ids(texts))
    if isinstance(encoder, ContextEncoder):
        parts = [searchable_parts(article, p) for article in articles for p in article.passages]
        vectors, rows["context"] = _read(encoder, parts, progress)
    elif vectors is None:
        vectors = _encode(encoder, texts, progress)
    return Segment(Articles.of(articles), vectors, postings, rows)


def fitting(part: Part, encoder: Encoder) -> Part:
    """The same, computed again where it has not what the encoder gives; vectors only with tokens in context."""
    if set(part.segment.rows) == _row_names(encoder):
        return part
    articles = [part.segment.articles[i] for i in part.kept.tolist()]
    return Part.whole(compute(articles, encoder, vectors=part.segment.vectors[part.numbers]))


def _encode(encoder: Encoder, texts: Sequence[str], progress: Progress | None) -> F32:
    """The vectors of texts, float32 ``(n, d)``, a batch at a time."""
    none = np.zeros((0, encoder.dimension), dtype=np.float32)
    return np.concatenate([none, *map(encoder.encode_document, _batches(texts, progress))])


def _read(
    encoder: ContextEncoder, texts: Sequence[Sequence[str]], progress: Progress | None
) -> tuple[F32, Ragged]:
    """The vectors of texts, float32 ``(n, d)``, and their tokens in context, a batch at a time."""
    vectors = [np.zeros((0, encoder.dimension), dtype=np.float32)]
    tokens: list[I8] = []
    for batch in _batches(texts, progress):
        read = encoder.read(batch)
        vectors.append(np.stack([one.whole for one in read]))
        tokens += [one.tokens for one in read]
    return np.concatenate(vectors), Ragged.of(tokens, np.zeros((0, 1), dtype=np.int8))


def _batches(texts: Sequence[T], progress: Progress | None) -> Iterator[Sequence[T]]:
    """The texts, so many at a time; when the next are asked for, the ones before are reported as done."""
    for start in range(0, len(texts), _BATCH):
        batch = texts[start : start + _BATCH]
        yield batch
        if progress:
            progress(start + len(batch), len(texts))
