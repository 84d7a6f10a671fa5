"""The bundled guide to a paper on the CICA summit, and its index, encoded in advance so that the first answer need not wait.

``python -m qa.guide`` makes the index again, which is due when the guide, the model, or how a text is split changes.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from index.article import Article, replace_source
from index.encoder import Encoder
from index.errors import IndexFormatError
from index.index import Index
from index.read import read_article

GUIDE = ("guide.zh-Hant.md", "guide.en.md")
ENCODED = Path(__file__).parent / "index"


def guide_articles() -> list[Article]:
    """The guide in Chinese and in English, split into passages; the sources are the names in ``GUIDE``."""
    return [replace_source(read_article(Path(__file__).parent / name), name) for name in GUIDE]


def guide_index(encoder: str | Path | Encoder | None = None, encoded: Path = ENCODED) -> Index:
    """The index of the guide; ``encoder`` is as in ``Index.build``.

    With the bundled model that is the one in the folder ``encoded``, or where it doesn't fit the guide and the model, a
    fresh one.
    """
    articles = guide_articles()
    if encoder is None:
        with suppress(IndexFormatError):
            ready = Index.load(encoded)
            if ready.articles == articles:
                return ready
    return Index.build(articles, encoder)
