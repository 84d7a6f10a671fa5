"""Citations that cannot be wrong: a quote is cut from the article by its offsets, and checked again.

Pure functions. Nothing else in Wenda makes a ``Citation``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from index.article import Article
from index.convert import converter
from index.sentence import Span
from qa.answer import Citation

# A shorter quote stands in many places and proves nothing (letters and digits; a Han character counts as two).
LEAST_QUOTE = 8


def cite(article: Article, start: int, end: int) -> Citation:
    """The citation of ``article.text[start:end]``; white space at either end is left out.

    Raises ``ValueError`` where the span holds nothing to quote.
    """
    quote = article.text[start:end].strip()
    if not quote:
        raise ValueError(f"{article.source}: nothing to quote from {start} to {end}")
    start += article.text[start:end].index(quote)
    place = article.place(start)
    return Citation(quote, article.source, place.page, place.line, start, start + len(quote))


def verified(citations: Iterable[Citation], articles: Mapping[str, Article]) -> tuple[Citation, ...]:
    """Those citations whose quote stands in the article they name, at the offsets they give."""
    return tuple(
        citation
        for citation in citations
        if citation.quote
        and citation.source in articles
        and articles[citation.source].text[citation.start : citation.end] == citation.quote
    )


def locate(quote: str, text: str) -> Span | None:
    """Where a quote stands in a text but for width, case, script, white space and punctuation; None if it does not.

    A quote must not begin or end within a word or number, nor be so short that it proves nothing.

    >>> locate("有26個成員國", "亞信會議現有 26 个成员国。"), locate("6個成員國", "亞信會議現有26個成員國。")
    (Span(start=5, end=14), None)
    """
    wanted, _ = _skeleton(quote)
    folded, offsets = _skeleton(text)
    if sum(1 if c.isascii() else 2 for c in wanted) < LEAST_QUOTE:
        return None
    at = folded.find(wanted)
    while at >= 0:
        start, end = offsets[at], offsets[at + len(wanted) - 1] + 1
        if not (_joined(text, start) or _joined(text, end)):
            return Span(start, end)
        at = folded.find(wanted, at + 1)
    return None


def _joined(text: str, at: int) -> bool:
    """Whether a cut at this offset would go through a word of letters or through a number."""
    return 0 < at < len(text) and all(c.isalnum() and not _is_han(c) for c in text[at - 1 : at + 1])


def _is_han(c: str) -> bool:
    return "\u3400" <= c <= "\u9fff" or "\uf900" <= c <= "\ufaff" or c >= "\U00020000"


@lru_cache(maxsize=256)
def _skeleton(text: str) -> tuple[str, tuple[int, ...]]:
    """The letters and digits of a text, folded one by one, and the offset in it that each came from."""
    found = list(_letters(text))
    return "".join(c for c, _ in found), tuple(i for _, i in found)


def _letters(text: str) -> Iterator[tuple[str, int]]:
    for i, char in enumerate(text):
        decimal = char == "." and text[i - 1 : i].isdigit() and text[i + 1 : i + 2].isdigit()
        for c in unicodedata.normalize("NFKC", char).casefold():
            if c.isalnum() or decimal:
                yield _simplified(c), i


@lru_cache(maxsize=1 << 14)
def _simplified(char: str) -> str:
    return converter("t2s")(char) if _is_han(char) else char
