"""The articles of a page in its order; of a large library each is read when it is looked at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from index.article import Article
from index.index import Index
from index.lazy import Lazy
from qa.answer import Language
from qa.language import detect

SORTED = 200  # articles; a larger library stays in its own order, as nobody sees all of it


class Shown(Lazy[Article]):
    """Some articles of a page, whose links know an article by its number there: ``index`` tells it."""

    def __init__(
        self, sources: Sequence[str], known: Mapping[str, Article], numbers: Mapping[str, int]
    ) -> None:
        """The articles of these sources; ``known`` has them, ``numbers`` says which they are on the page."""
        super().__init__(len(sources), lambda i: known[sources[i]])
        self.sources = sources
        self._known = known
        self._numbers = numbers

    @classmethod
    def of(cls, index: Index, language: Language) -> Shown:
        """All articles of an index; of an article in two languages, the one in the reader's comes first."""
        known, sources = index.by_source, list(index.by_source)
        if len(sources) <= SORTED:
            sources.sort(key=lambda source: (detect(known[source].text[:500]) == "en") != (language == "en"))
        return cls(sources, known, {source: number for number, source in enumerate(sources)})

    def index(self, article: Article, *_: int) -> int:
        """The number of an article on the page. Raises ``ValueError`` where it isn't there."""
        number = self.number(article.source)
        if number is None:
            raise ValueError(f"there is no article {article.source} on the page")
        return number

    def number(self, source: str) -> int | None:
        """The number on the page of the article of a source, None where there is none."""
        return self._numbers.get(source)

    def among(self, sources: Collection[str]) -> Shown:
        """Those of these sources, with the numbers that they have: all that an answer has to do with."""
        found = [source for source in dict.fromkeys(sources) if source in self._numbers]
        return Shown(found, self._known, self._numbers)
