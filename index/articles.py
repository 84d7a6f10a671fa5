"""Articles as bytes that can lie in a file, each put together when it is looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from index.aliases import Group, aliases
from index.article import Article
from index.codec import article_from_dict, article_to_dict
from index.errors import IndexFormatError
from index.ragged import Ragged, Texts

I64 = npt.NDArray[np.int64]

# So many are kept once they are put together.
_CACHED = 512


class Articles:
    """Articles as bytes, each put together when it is looked at."""

    _FIELDS = ("sources", "texts", "rest", "aliases")

    def __init__(self, fields: Mapping[str, Texts], counts: I64, known: Sequence[Article] = ()) -> None:
        """``fields`` hold a text an article each, ``counts`` how many passages it has; ``known``, if not empty, are they.

        ``texts`` are the articles' own, ``rest`` is JSON, and so are ``aliases``, "" where there are none.
        """
        if {len(counts)} != {len(fields[name]) for name in self._FIELDS}:
            raise ValueError("the parts of articles do not fit")
        self.fields = fields
        self.counts = counts
        self.known = known
        self._made = lru_cache(maxsize=_CACHED)(self._make)

    @classmethod
    def of(cls, articles: Sequence[Article]) -> Articles:
        """Articles with their passages."""
        rest = [article_to_dict(article) for article in articles]
        names = [aliases(article.text) for article in articles]
        fields = {
            "sources": Texts.of(article.source for article in articles),
            "texts": Texts.of(whole.pop("text") for whole in rest),
            "rest": Texts.of(json.dumps(whole, ensure_ascii=False) for whole in rest),
            "aliases": Texts.of(json.dumps(groups, ensure_ascii=False) if groups else "" for groups in names),
        }
        counts = np.array([len(article.passages) for article in articles], dtype=np.int64)
        return cls(fields, counts, tuple(articles))

    @classmethod
    def join(cls, parts: Sequence[tuple[Articles, I64]]) -> Articles:
        """Of each, those of the given numbers, one after the other."""
        fields = {
            name: Texts(Ragged.join([some.fields[name].rows.take(kept) for some, kept in parts]))
            for name in cls._FIELDS
        }
        counts = np.concatenate([some.counts[kept] for some, kept in parts])
        known = [some.known[i] for some, kept in parts if some.known for i in kept.tolist()]
        return cls(fields, counts, tuple(known) if len(known) == len(counts) else ())

    def __len__(self) -> int:
        """How many articles there are."""
        return len(self.counts)

    def __getitem__(self, number: int) -> Article:
        """One article. Raises ``IndexFormatError`` where what is stored of it is damaged."""
        return self.known[number] if self.known else self._made(number)

    def _make(self, number: int) -> Article:
        try:
            rest = json.loads(self.fields["rest"][number])
            return article_from_dict(rest | {"text": self.fields["texts"][number]})
        except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
            raise IndexFormatError(
                "an article of the index is damaged: run `wenda index check` on its folder"
            ) from error

    def aliases(self, number: int) -> list[Group]:
        """The names that an article gives, see ``index.aliases``."""
        stored = self.fields["aliases"][number]
        return [tuple(group) for group in json.loads(stored)] if stored else []

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """What ``from_arrays`` needs, by name."""
        found: dict[str, npt.NDArray[Any]] = {"articles.counts": self.counts}
        for name, texts in self.fields.items():
            found |= {f"articles.{name}": texts.rows.values, f"articles.{name}.offsets": texts.rows.offsets}
        return found

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Articles:
        """The opposite of ``arrays``. Raises ``KeyError`` or ``ValueError``."""
        fields = {
            name: Texts(Ragged(arrays[f"articles.{name}"], arrays[f"articles.{name}.offsets"]))
            for name in cls._FIELDS
        }
        return cls(fields, arrays["articles.counts"])
