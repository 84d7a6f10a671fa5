"""The searchable index of one or more articles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.aliases import aliases, expand
from index.article import Article, Hit, Passage
from index.encoder import Encoder, TokenEncoder, load_encoder
from index.errors import QuestionError, SourceError
from index.fold import terms
from index.fusion import Weights, fuse
from index.late import Late, TokenLists
from index.lexical import Lexical
from index.matching import Matching
from index.split import passages
from index.storage import Stored, StoredArticle, read_folder, write_folder, writing
from index.vectors import FaissStore, VectorStore

F32 = npt.NDArray[np.float32]
Progress = Callable[[int, int], None]

# Far longer than any question; what follows is not read (characters).
MAX_QUERY = 2_000
_BATCH = 256
# So many articles are named in an error.
_NAMED = 5


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


@dataclass(frozen=True, slots=True)
class _Part:
    """One article with all that is computed from it alone, in the order of its passages."""

    article: Article
    vectors: F32
    terms: tuple[tuple[str, ...], ...]
    tokens: tuple[npt.NDArray[np.int32], ...]
    aliases: tuple[tuple[str, ...], ...]

    @classmethod
    def loaded(cls, stored: StoredArticle, encoder: Encoder) -> _Part:
        matching, article = stored.matching, stored.article
        has_tokens = isinstance(encoder, TokenEncoder)
        if matching is None or len(matching.tokens) != has_tokens * len(article.passages):
            return cls.of(article, stored.vectors, encoder)
        return cls(article, stored.vectors, matching.terms, matching.tokens, aliases(article.text))

    def stored(self) -> StoredArticle:
        return StoredArticle(self.article, self.vectors, Matching(self.terms, self.tokens))

    @classmethod
    def of(cls, article: Article, vectors: F32, encoder: Encoder) -> _Part:
        texts = [searchable(passage) for passage in article.passages]
        tokens = encoder.token_ids(texts) if isinstance(encoder, TokenEncoder) else []
        return cls(
            article,
            vectors,
            tuple(tuple(terms(text)) for text in texts),
            tuple(ids.astype(np.int32) for ids in tokens),
            aliases(article.text),
        )


@dataclass(frozen=True)
class Index:
    """The passages of some articles, ready to be searched. Immutable: ``add`` and ``remove`` make new ones.

    ``passages`` are those of all ``articles`` in order; row i of the vectors, float32 ``(n, d)``, unit norm,
    belongs to passage i. ``late`` is None where the encoder has no token vectors.
    """

    encoder: Encoder
    weights: Weights = field(repr=False)
    _parts: tuple[_Part, ...] = field(repr=False)
    articles: tuple[Article, ...] = field(init=False)
    passages: tuple[Passage, ...] = field(init=False, repr=False)
    store: VectorStore = field(init=False, repr=False)
    lexical: Lexical = field(init=False, repr=False)
    late: Late | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Join what the articles bring."""
        parts = self._parts
        empty = np.zeros((0, self.encoder.dimension), dtype=np.float32)
        late = None
        if isinstance(self.encoder, TokenEncoder):
            late = Late(self.encoder, TokenLists.join([ids for part in parts for ids in part.tokens]))
        for name, value in {
            "articles": tuple(part.article for part in parts),
            "passages": tuple(passage for part in parts for passage in part.article.passages),
            "store": FaissStore(np.concatenate([empty, *(part.vectors for part in parts)])),
            "lexical": Lexical.build([document for part in parts for document in part.terms]),
            "late": late,
        }.items():
            object.__setattr__(self, name, value)

    @classmethod
    def build(
        cls,
        articles: Iterable[Article],
        encoder: str | Path | Encoder | None = None,
        *,
        progress: Progress | None = None,
        weights: Weights | None = None,
    ) -> Index:
        """An index of articles; one that has no passages yet is split, and of two with one source the later stays.

        ``encoder`` is an ``Encoder``, or what ``load_encoder`` takes (None: the bundled one). ``progress``
        is called with the number of passages encoded so far and of all. Raises ``EncoderError``.
        """
        model = encoder if isinstance(encoder, Encoder) else load_encoder(encoder)
        ready = {a.source: a if a.passages else replace(a, passages=passages(a)) for a in articles}
        vectors = _encode(model, [p for article in ready.values() for p in article.passages], progress)
        ends = np.cumsum([len(article.passages) for article in ready.values()], dtype=np.int64)
        shares = np.split(vectors, ends)[: len(ready)]
        parts = (
            _Part.of(article, share, model) for article, share in zip(ready.values(), shares, strict=True)
        )
        return cls(model, weights or Weights(), tuple(parts))

    def add(self, *articles: Article, progress: Progress | None = None) -> Index:
        """An index with more articles; of the same source, the new one replaces the old.

        Only what is new or changed is encoded; where nothing is, the index itself comes back.
        """
        known = {part.article.source: part.article for part in self._parts}
        ready = {a.source: a if a.passages else replace(a, passages=passages(a)) for a in articles}
        new = [article for source, article in ready.items() if known.get(source) != article]
        if not new:
            return self
        parts = Index.build(new, self.encoder, progress=progress)._parts
        sources = {article.source for article in new}
        kept = [p for p in self._parts if p.article.source not in sources]
        return replace(self, _parts=(*kept, *parts))

    def remove(self, *sources: str) -> Index:
        """An index without the articles of these sources. Raises ``SourceError`` where one is not there."""
        known = {part.article.source for part in self._parts}
        if missing := [source for source in sources if source not in known]:
            names = ", ".join(sorted(known)[:_NAMED]) + ("…" if len(known) > _NAMED else "")
            raise SourceError(f"there is no article {missing[0]}; there are: {names or 'none'}")
        return replace(self, _parts=tuple(p for p in self._parts if p.article.source not in sources))

    def only(self, sources: Collection[str]) -> Index:
        """An index of the articles of these sources alone. Raises ``SourceError`` where one is not there."""
        known = {part.article.source for part in self._parts}
        return self.remove(*(known - set(sources))) if set(sources) <= known else self.remove(*sources)

    def search(self, query: str, k: int = 5, *, sources: Collection[str] | None = None) -> list[Hit]:
        """The ``k`` best passages for a query, best first; all of them where there are fewer.

        ``sources`` keeps the search to the articles of those names. Of a query longer than ``MAX_QUERY``
        characters only the beginning is read. Raises ``QuestionError`` for an empty one.
        """
        query = query.strip()[:MAX_QUERY]
        if not query:
            raise QuestionError("the query is empty: type a few words to search for")
        wanted = [i for i, p in enumerate(self.passages) if sources is None or p.source in sources]
        if not wanted or k < 1:
            return []
        query = self.expand(query)
        dense, lexical, late = (part[wanted] for part in self.scores(query))
        share = lexical / np.float32(self.lexical.ceiling(query) or 1)
        fused = fuse(dense, share, late if self.late else None, self.weights)
        order = np.argsort(-fused, kind="stable")[:k]
        return [
            Hit(self.passages[wanted[i]], float(fused[i]), float(dense[i]), float(lexical[i]), float(late[i]))
            for i in order
        ]

    def expand(self, query: str) -> str:
        """The query with the names that the articles themselves give for the names in it (``index.aliases``)."""
        groups = [group for part in self._parts for group in part.aliases]
        return expand(query, groups, (article.text for article in self.articles))

    def scores(self, query: str) -> tuple[F32, F32, F32]:
        """The dense, lexical and late score of every passage, each float32 ``(n,)``, before fusion.

        Late is all 0 where the encoder has no token vectors.
        """
        count = len(self.passages)
        dense = np.zeros(count, dtype=np.float32)
        found, positions = self.store.search(self.encoder.encode_query([query]), count)
        dense[positions[0]] = found[0]
        late = self.late.score(query) if self.late else np.zeros(count, dtype=np.float32)
        return dense, self.lexical.scores(query), late

    def save(self, folder: str | Path) -> None:
        """Write the index into a folder, which is made if need be; a crash leaves what was there before.

        Raises ``IndexFormatError`` where the folder holds something else, can't be written, or is being written.
        """
        with writing(Path(folder)):
            self._write(Path(folder))

    def _write(self, folder: Path) -> None:
        articles = tuple(part.stored() for part in self._parts)
        write_folder(folder, Stored(self.encoder.name, self.encoder.dimension, articles))

    @classmethod
    def update(
        cls, folder: str | Path, change: Callable[[Index], Index], encoder: str | Path | Encoder | None = None
    ) -> Index:
        """Load the index in a folder, change it and save it, while no other process can write there.

        What ``change`` returns is saved and returned; the index itself means that there is nothing to save.
        Raises what ``load`` and ``save`` raise.
        """
        if not Path(folder).is_dir():
            return cls.load(folder, encoder)  # which says that there is none
        with writing(Path(folder)):
            index = cls.load(folder, encoder)
            changed = change(index)
            if changed is not index:
                changed._write(Path(folder))
        return changed

    @classmethod
    def load(cls, folder: str | Path, encoder: str | Path | Encoder | None = None) -> Index:
        """The index that ``save`` wrote into a folder, with the encoder that made it (None: the bundled one).

        Raises ``IndexFormatError`` where the folder is missing or damaged, of a newer format, or made with
        another encoder.
        """
        model = encoder if isinstance(encoder, Encoder) else load_encoder(encoder)
        stored = read_folder(Path(folder), encoder=model.name, dimension=model.dimension)
        return cls(model, Weights(), tuple(_Part.loaded(entry, model) for entry in stored.articles))


def _encode(encoder: Encoder, found: Sequence[Passage], progress: Progress | None) -> F32:
    """The vectors of passages, float32 ``(n, d)``, a batch at a time."""
    vectors = [np.zeros((0, encoder.dimension), dtype=np.float32)]
    for start in range(0, len(found), _BATCH):
        batch = found[start : start + _BATCH]
        vectors.append(encoder.encode_document([searchable(passage) for passage in batch]))
        if progress:
            progress(start + len(batch), len(found))
    return np.concatenate(vectors)
