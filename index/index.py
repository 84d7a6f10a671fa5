"""The searchable index of one or more articles."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.aliases import expand
from index.article import Article, Hit, Passage
from index.computed import Progress, compute, fitting, searchable
from index.contents import Contents
from index.context import I8, Context, InContext
from index.encoder import ContextEncoder, Encoder, TokenEncoder, load_encoder
from index.errors import QuestionError, SourceError
from index.fusion import Weights, fuse
from index.late import Late
from index.lexical import Lexical
from index.segment import Part, compact, merge
from index.sounds import Names, by_sound
from index.split import passages
from index.storage import Stored, read_folder, write_folder, writing
from index.vectors import FaissStore, VectorStore

F32 = npt.NDArray[np.float32]

# Far longer than any question; what follows is not read (characters).
MAX_QUERY = 2_000
# So many passages, the best by the other parts, are looked at in context.
CANDIDATES = 256
# In an index of more passages names are not looked for by their sound: each question would take too long.
HEARD = 1_000
# So many articles are named in an error.
_NAMED = 5


@dataclass(frozen=True)
class Index:
    """The passages of some articles, ready to be searched. Immutable: ``add`` and ``remove`` make new ones.

    ``passages`` are those of all ``articles`` in order; row i of the vectors, float32 ``(n, d)``, unit norm,
    belongs to passage i. ``late`` and ``context`` are None where the encoder has no token vectors, by themselves or
    in context. Of a loaded index, articles
    and passages are read when they are looked at; ``by_source`` finds an article without reading the others.
    """

    encoder: Encoder
    weights: Weights = field(repr=False)
    _parts: tuple[Part, ...] = field(repr=False)
    _contents: Contents = field(init=False, repr=False)
    articles: Sequence[Article] = field(init=False)
    by_source: Mapping[str, Article] = field(init=False, repr=False)
    passages: Sequence[Passage] = field(init=False, repr=False)
    store: VectorStore = field(init=False, repr=False)
    lexical: Lexical = field(init=False, repr=False)
    late: Late | None = field(init=False, repr=False)
    context: Context | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Put the segments side by side."""
        segments = [part.segment for part in self._parts]
        contents = Contents(self._parts)
        live = contents.live
        late = context = None
        if isinstance(self.encoder, TokenEncoder):
            late = Late(self.encoder, *(segment.rows["tokens"] for segment in segments), live=live)
        if isinstance(self.encoder, ContextEncoder):
            context = Context(self.encoder, *(segment.rows["context"] for segment in segments), live=live)
        empty = np.zeros((0, self.encoder.dimension), dtype=np.float32)
        for name, value in {
            "_contents": contents,
            "articles": contents.articles,
            "by_source": contents.by_source,
            "passages": contents.passages,
            "store": FaissStore(empty, *(segment.vectors for segment in segments), live=live),
            "lexical": Lexical([segment.terms for segment in segments], live),
            "late": late,
            "context": context,
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
        if not ready:
            return cls(model, weights or Weights(), ())
        return cls(model, weights or Weights(), (Part.whole(compute([*ready.values()], model, progress)),))

    def add(self, *articles: Article, progress: Progress | None = None) -> Index:
        """An index with more articles; of the same source, the new one replaces the old.

        Only what is new or changed is encoded; where nothing is, the index itself comes back.
        """
        ready = {a.source: a if a.passages else replace(a, passages=passages(a)) for a in articles}
        new = [article for source, article in ready.items() if self.by_source.get(source) != article]
        if not new:
            return self
        kept = self._without({article.source for article in new})
        return replace(self, _parts=merge((*kept, *Index.build(new, self.encoder, progress=progress)._parts)))

    def remove(self, *sources: str) -> Index:
        """An index without the articles of these sources. Raises ``SourceError`` where one is not there."""
        if missing := [source for source in sources if source not in self.by_source]:
            known = sorted(self.by_source)
            names = ", ".join(known[:_NAMED]) + ("…" if len(known) > _NAMED else "")
            raise SourceError(f"there is no article {missing[0]}; there are: {names or 'none'}")
        return replace(self, _parts=self._without(set(sources)))

    def _without(self, sources: Collection[str]) -> tuple[Part, ...]:
        """The parts without the articles of these sources; those that still have any."""
        kept = []
        for part in self._parts:
            stays = np.array([source not in sources for source in part.sources], dtype=bool)
            if stays.any():
                kept.append(part if stays.all() else replace(part, kept=part.kept[stays]))
        return tuple(kept)

    def only(self, sources: Collection[str]) -> Index:
        """An index of the articles of these sources alone. Raises ``SourceError`` where one is not there."""
        known = set(self.by_source)
        return self.remove(*(known - set(sources))) if set(sources) <= known else self.remove(*sources)

    def search(self, query: str, k: int = 5, *, sources: Collection[str] | None = None) -> list[Hit]:
        """The ``k`` best passages for a query, best first; all of them where there are fewer.

        ``sources`` keeps the search to the articles of those names. Of a query longer than ``MAX_QUERY``
        characters only the beginning is read. Raises ``QuestionError`` for an empty one.
        """
        query = query.strip()[:MAX_QUERY]
        if not query:
            raise QuestionError("the query is empty: type a few words to search for")
        asked = np.array([sources is None or source in sources for source in self.by_source], dtype=bool)
        wanted = np.flatnonzero(np.repeat(asked, np.diff(self._contents.starts)))
        if not len(wanted) or k < 1:
            return []
        query = self.expand(query)
        dense, lexical, late, context = self.scores(query, wanted, max(CANDIDATES, 2 * k))
        fused = self._fused(query, dense, lexical, late, context if self.context else None)
        order = np.argsort(-fused, kind="stable")[:k]
        return [
            Hit(
                self.passages[int(wanted[i])],
                *(float(part[i]) for part in (fused, dense, lexical, late, context)),
            )
            for i in order
        ]

    def _fused(self, query: str, dense: F32, lexical: F32, late: F32, context: F32 | None) -> F32:
        share = lexical / np.float32(self.lexical.ceiling(query) or 1)
        return fuse(dense, share, late if self.late else None, context, self.weights)

    def expand(self, query: str) -> str:
        """The query with the names that the articles give for the names in it (``index.aliases``, ``index.sounds``)."""
        query = expand(query, self._contents.groups, self._contents.count)
        if isinstance(self.encoder, TokenEncoder) and len(self.passages) <= HEARD:
            return self._by_sound(query)
        return query

    @cached_property
    def _by_sound(self) -> Callable[[str], str]:
        """``index.sounds.by_sound`` with the names of the articles, but for words that the encoder knows."""
        encoder, count = self.encoder, self._contents.count
        assert isinstance(encoder, TokenEncoder)

        def unknown(word: str) -> bool:
            return (
                len(encoder.token_ids([word])[0]) > 1
            )  # it has no vector for the word, but puts it together

        every = Names.of("\n".join(map(searchable, self.passages)))
        names = replace(every, words=frozenset(filter(unknown, every.words)))
        # A question is asked of the passages, and then again of their sentences.
        return lru_cache(maxsize=16)(
            lambda query: by_sound(query, names, lambda word: not count(word) and unknown(word))
        )

    def scores(
        self, query: str, wanted: npt.NDArray[np.int64] | None = None, looked_at: int = CANDIDATES
    ) -> tuple[F32, F32, F32, F32]:
        """The dense, lexical, late and context score of the m passages ``wanted`` (None: all), float32 ``(m,)`` each.

        Late and context are all 0 where the encoder has no token vectors, by themselves or in context. The context score
        is that of the ``looked_at`` best by the other three; it is 0 for the rest, which so come after them.
        """
        every = np.arange(len(self.passages)) if wanted is None else wanted
        asked = self.context.vector(query)[None] if self.context else self.encoder.encode_query([query])
        dense = self.store.scores(asked)[0][every]
        late = self.late.score(query)[every] if self.late else np.zeros(len(every), dtype=np.float32)
        lexical = self.lexical.scores(query)[every]
        context = np.zeros(len(every), dtype=np.float32)
        if self.context:
            best = np.argsort(-self._fused(query, dense, lexical, late, None), kind="stable")[:looked_at]
            context[best] = self.context.ask(query, every[best].tolist()).scores()
        return dense, lexical, late, context

    def tokens_of(self, passage: Passage) -> I8 | None:
        """The tokens of one of its passages in context, int8 ``(t, k)``; None where the encoder has none."""
        return self.context[self._contents.number(passage)] if self.context else None

    def in_context(self, query: str, passages: Iterable[Passage]) -> InContext | None:
        """A question as put to these passages of the index; None where the encoder has no tokens in context."""
        return self.context.ask(query, map(self._contents.number, passages)) if self.context else None

    def save(self, folder: str | Path) -> None:
        """Write the index into a folder, which is made if need be; a crash leaves what was there before.

        Raises ``IndexFormatError`` where the folder holds something else, can't be written, or is being written.
        """
        with writing(Path(folder)):
            self._write(Path(folder))

    def _write(self, folder: Path) -> None:
        parts = tuple(compact(part) for part in self._parts)
        write_folder(folder, Stored(self.encoder.name, self.encoder.dimension, parts))

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
        parts = [fitting(part, model) for part in stored.parts]
        if stored.former:
            vectors = np.concatenate([entry.vectors for entry in stored.former])
            parts = [Part.whole(compute([*stored.articles()], model, vectors=vectors))]
        return cls(model, Weights(), tuple(parts))
