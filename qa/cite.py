"""Citations that cannot be wrong: a quote is cut from the article by its offsets, and checked again.

Pure functions. Nothing else in Wenda makes a ``Citation``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from index.article import Article
from qa.answer import Citation


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
