"""An article as plain JSON values and back, with nothing lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from index.article import Article, Block, Footnote, Passage, Place, SourceMap


def article_to_dict(article: Article) -> dict[str, Any]:
    """Everything in an article; passages without their text and source, which the article holds.

    >>> article = Article("a.txt", "Hi.", SourceMap((0,), (Place(1),)), (Block("paragraph", 0, 3),))
    >>> article_from_dict(article_to_dict(article)) == article
    True
    """
    whole = asdict(article)
    whole["source_map"] = {
        "starts": list(article.source_map.starts),
        "places": [[place.line, place.page] for place in article.source_map.places],
    }
    whole["passages"] = [
        {key: value for key, value in passage.items() if key not in ("text", "source")}
        for passage in whole["passages"]
    ]
    return whole


def article_from_dict(whole: Mapping[str, Any]) -> Article:
    """The article that ``article_to_dict`` was given. Raises ``KeyError`` or ``TypeError`` on anything else."""
    source, text, places = whole["source"], whole["text"], whole["source_map"]
    return Article(
        source=source,
        text=text,
        source_map=SourceMap(tuple(places["starts"]), tuple(Place(*place) for place in places["places"])),
        blocks=tuple(Block(**block) for block in whole["blocks"]),
        title=whole["title"],
        author=whole["author"],
        footnotes=tuple(Footnote(**note) for note in whole["footnotes"]),
        passages=tuple(
            Passage(source=source, text=text[passage["start"] : passage["end"]], **passage)
            for passage in whole["passages"]
        ),
    )
