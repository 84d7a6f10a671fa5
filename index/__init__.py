"""Articles made searchable: read, repaired, split, and found again in Chinese and English."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.article import Article, Block, Footnote, Hit, Passage, Place, SourceMap
    from index.encoder import Encoder, load_encoder
    from index.errors import EncoderError, IndexFormatError, QuestionError, ReadError, WendaError
    from index.index import Index
    from index.read import article_files, article_from_text, read_article, read_articles

# Where each public name lives; it is imported when it is first asked for.
_HOMES = {
    "Article": "article",
    "Block": "article",
    "Encoder": "encoder",
    "EncoderError": "errors",
    "Footnote": "article",
    "Hit": "article",
    "Index": "index",
    "IndexFormatError": "errors",
    "Passage": "article",
    "Place": "article",
    "QuestionError": "errors",
    "ReadError": "errors",
    "SourceMap": "article",
    "WendaError": "errors",
    "article_files": "read",
    "article_from_text": "read",
    "load_encoder": "encoder",
    "read_article": "read",
    "read_articles": "read",
}
__all__ = [
    "Article",
    "Block",
    "Encoder",
    "EncoderError",
    "Footnote",
    "Hit",
    "Index",
    "IndexFormatError",
    "Passage",
    "Place",
    "QuestionError",
    "ReadError",
    "SourceMap",
    "WendaError",
    "article_files",
    "article_from_text",
    "load_encoder",
    "read_article",
    "read_articles",
]


def __getattr__(name: str) -> object:
    """Import a public name on first use, so that ``import index`` is quick."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"index.{_HOMES[name]}"), name)
