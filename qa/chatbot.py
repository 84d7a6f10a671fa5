"""The chatbot: an index, a reader of its evidence, a scorer and perhaps a language model, behind ``ask`` and ``search``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Self

from index.aliases import aliases
from index.article import Article, Hit
from index.computed import Progress
from index.encoder import Encoder
from index.errors import QuestionError, ReadError
from index.index import Index
from index.read import as_known, read_articles
from qa.answer import Answer, Language, Usage
from qa.asking import growing, quoted_answer, request_for, token_encoder
from qa.evidence import EvidenceReader
from qa.followup import leans, stand_alone
from qa.generate import write
from qa.guide import guide_index
from qa.intent import intent_of
from qa.language import detect
from qa.llm import Model, open_model
from qa.memory import Memory
from qa.overview import MANY, in_language, nearest
from qa.phrases import PHRASES
from qa.question import analyse
from qa.rewrite import rewritten_by
from qa.scorer import Scorer

# Longer than any question; a pasted article is not one.
MAX_QUESTION = 2_000


class Chatbot:
    """Answers questions about the articles of one index.

    The index is immutable: ``add`` and ``remove`` put a new one in its place, so that a question that is
    being answered in another thread keeps the one that it began with.

    >>> bot = Chatbot.default()
    >>> bot.ask("第四屆亞信會議在哪裡舉行？").citations[0].source
    'guide.zh-Hant.md'
    """

    def __init__(
        self, index: Index, scorer: Scorer | None = None, model: Model | None = None, *, cache: int = 0
    ) -> None:
        """Takes finished parts; the class methods make them.

        ``model`` writes the answers, None: they are quoted. ``cache`` is how many answers that the model wrote
        are kept, to be given again for the same question on the same index.
        """
        self._scorer = scorer or Scorer.load()
        self._reader = EvidenceReader(index)
        self._model = model
        self._memory = Memory(cache)

    @classmethod
    def default(
        cls, *, encoder: str | Path | Encoder | None = None, llm: str | Model | None = None, cache: int = 0
    ) -> Self:
        """The bundled guide to a paper on the CICA summit, in Chinese and English.

        ``llm`` names the language model that writes the answers, as `qa.llm.open_model` takes it: "MODEL@URL",
        "local:NAME", "" for none; None: what WENDA_LLM says. Raises ``ModelError`` where it can't be used.
        """
        return cls(guide_index(encoder), model=open_model(llm), cache=cache)

    @classmethod
    def from_files(
        cls,
        paths: str | Path | Iterable[str | Path],
        *,
        encoder: str | Path | Encoder | None = None,
        llm: str | Model | None = None,
        cache: int = 0,
        on_error: Callable[[ReadError], object] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """The articles in these files and folders. Raises ``ReadError`` for the first that can't be read.

        With ``on_error``, that is called with each such error instead, and the other files are indexed.
        ``progress`` is called with the number of passages encoded so far and of all; ``llm`` is as in ``default``.
        """
        # A single path is meant as one file, not as a file for each of its letters.
        each = [paths] if isinstance(paths, str | Path) else paths
        articles = read_articles(each, on_error=on_error)
        return cls.from_articles(articles, encoder=encoder, llm=llm, cache=cache, progress=progress)

    @classmethod
    def from_articles(
        cls,
        articles: Iterable[Article],
        *,
        encoder: str | Path | Encoder | None = None,
        llm: str | Model | None = None,
        cache: int = 0,
        progress: Progress | None = None,
    ) -> Self:
        """Articles that are already read; ``llm`` is as in ``default``.

        Raises ``EncoderError`` where the encoder can't be loaded.
        """
        model = open_model(llm)
        return cls(Index.build(list(articles), encoder, progress=progress), model=model, cache=cache)

    @classmethod
    def load(
        cls,
        folder: str | Path,
        *,
        encoder: str | Path | Encoder | None = None,
        llm: str | Model | None = None,
        cache: int = 0,
    ) -> Self:
        """An index saved by ``save``; ``llm`` is as in ``default``. Raises ``IndexFormatError`` where it can't be used."""
        model = open_model(llm)
        return cls(Index.load(folder, encoder), model=model, cache=cache)

    @property
    def model(self) -> Model | None:
        """The language model that writes the answers, None where they are quoted."""
        return self._model

    @property
    def index(self) -> Index:
        """The index that the next question is asked of."""
        return self._reader.index

    @property
    def articles(self) -> Sequence[Article]:
        """The articles that can be asked about."""
        return self.index.articles

    def save(self, folder: str | Path) -> None:
        """Write the index into a folder, whole or not at all."""
        self.index.save(folder)

    def add(
        self,
        path: str | Path,
        *,
        on_error: Callable[[ReadError], object] | None = None,
        progress: Progress | None = None,
    ) -> None:
        """Add the articles in a file or folder; ``on_error`` and ``progress`` are as in ``from_files``.

        A file that is there already and has changed replaces what it was; one that has not changes nothing.
        Raises ``ReadError``.
        """
        articles = as_known(read_articles([path], on_error=on_error), self.index.by_source)
        index = self.index.add(*articles, progress=progress)
        if index is not self.index:
            self._reader = EvidenceReader(index)
            self._memory.clear()

    def remove(self, source: str) -> None:
        """Take an article out. Raises ``SourceError`` where no article has that source."""
        self._reader = EvidenceReader(self.index.remove(source))
        self._memory.clear()

    def search(self, query: str, k: int = 5, *, sources: Collection[str] | None = None) -> list[Hit]:
        """The ``k`` passages nearest to a query, best first; of the articles in ``sources``, if given.

        Raises ``QuestionError``, and ``SourceError`` where there is no article of such a source.
        """
        return _asked(self._reader, sources).index.search(_checked(query), k)

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        *,
        sources: Collection[str] | None = None,
    ) -> Answer:
        """Answer a question, or say that the articles do not; of the articles in ``sources``, if given.

        ``history`` holds earlier (question, answer text) pairs: a question that leans on them is made to
        stand alone first (``Answer.rewritten``), and the last decides the script where the new one leaves it
        open. Raises ``QuestionError`` for an empty or over-long question.
        """
        *_, last = self.stream(question, history, sources=sources)
        return last

    def stream(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        *,
        sources: Collection[str] | None = None,
    ) -> Iterator[Answer]:
        """The answer as it grows; the last one is whole and is what ``ask`` gives.

        Without a language model it grows a quote at a time. With one it grows as it is written: citations
        appear as they are verified, and closing the iterator stops the model. Raises as ``ask`` does.
        """
        question = _checked(question)
        whole = self._reader
        reader = _asked(whole, sources)
        language = self._default_language(history)
        alone, used = self._stand_alone(question, history, detect(question, language))
        asked = analyse(alone, language)

        def shown(answer: Answer) -> Answer:
            return replace(answer, question=question, rewritten="" if alone == question else alone)

        quoted, written = quoted_answer(asked, reader, self._scorer)
        if self._model is None or quoted.abstained or not written:
            yield from growing(replace(shown(quoted), usage=used))
            return
        key = (whole, alone, language, None if sources is None else frozenset(sources))
        if (kept := self._memory.get(key)) is not None:
            yield shown(kept)
            return
        last = quoted
        for last in write(self._model, request_for(asked, reader, quoted), token_encoder(reader), used):
            yield shown(last)
        if not last.note:
            self._memory.put(key, last)

    def _stand_alone(
        self, question: str, history: Sequence[tuple[str, str]], language: Language
    ) -> tuple[str, Usage | None]:
        """The question made to stand alone, by the model where it does it well, else by rules; what the model used."""
        if not history or not leans(question) or intent_of(question):
            return question, None
        used = None
        if self._model:
            found, used = rewritten_by(self._model, question, language, history)
            if found:
                return found, used
        near = nearest(history[-1][0][:MAX_QUESTION], self.index)
        names = [name for article in near for group in aliases(article.text) for name in group]
        found = stand_alone(question, history, names)
        return (found if len(found) <= MAX_QUESTION else question), used

    def suggestions(self, language: Language = "zh-Hant", most: int = 4) -> list[str]:
        """Questions that the articles at hand can answer, in a language: what to click first."""
        phrases = PHRASES[language]
        found = [phrases.suggestion_summary]
        for article in in_language(self.articles, language):
            if article.author:
                found.append(phrases.suggestion_author)
            found += [
                phrases.suggestion_heading.format(heading=article.text[b.start : b.end])
                for b in article.blocks
                if b.kind == "heading"
            ]
        return list(dict.fromkeys([*found[: most - 1], phrases.suggestion_view]))

    def _default_language(self, history: Sequence[tuple[str, str]]) -> Language:
        for earlier, _ in reversed(history):
            return detect(earlier)
        return self._article_language

    @property
    def _article_language(self) -> Language:
        found = (detect(article.text[:2000]) for article in self.articles[:MANY])
        return next((language for language in found if language != "en"), "zh-Hant")


def _asked(reader: EvidenceReader, sources: Collection[str] | None) -> EvidenceReader:
    """A reader of the chosen articles; of all where none are chosen."""
    if sources is None:
        return reader
    return EvidenceReader(reader.index.only(sources))


def _checked(text: str) -> str:
    if not isinstance(text, str):
        raise QuestionError(f"The question must be text, not {type(text).__name__}.")
    text = text.strip()
    if not text:
        raise QuestionError("The question is empty: type what you would like to know.")
    if len(text) > MAX_QUESTION:
        raise QuestionError(f"The question has {len(text):,} characters; ask it in at most {MAX_QUESTION:,}.")
    return text
