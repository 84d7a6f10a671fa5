"""The chatbot: an index, a reader of its evidence and a scorer, behind ``ask``, ``stream`` and ``search``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Self

from index.article import Article, Hit
from index.encoder import Encoder
from index.errors import QuestionError, ReadError
from index.index import Index, Progress
from index.read import read_article, read_articles
from qa.answer import Answer, Language
from qa.evidence import EvidenceReader
from qa.extract import abstention, extract
from qa.intent import intent_of
from qa.language import detect, is_supported
from qa.overview import about_section, advice_for, in_language, overview
from qa.phrases import PHRASES
from qa.question import analyse
from qa.scorer import Scorer

GUIDE = ("guide.zh-Hant.md", "guide.en.md")
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

    def __init__(self, index: Index, scorer: Scorer | None = None) -> None:
        """Takes finished parts; the class methods make them."""
        self._scorer = scorer or Scorer.load()
        self._reader = EvidenceReader(index)

    @classmethod
    def default(cls, *, encoder: str | Path | Encoder | None = None) -> Self:
        """The bundled guide to a paper on the CICA summit, in Chinese and English."""
        folder = files("qa.guide")
        articles = [read_article(Path(str(folder / name))) for name in GUIDE]
        return cls.from_articles(
            [replace_source(a, name) for a, name in zip(articles, GUIDE, strict=True)], encoder=encoder
        )

    @classmethod
    def from_files(
        cls,
        paths: str | Path | Iterable[str | Path],
        *,
        encoder: str | Path | Encoder | None = None,
        on_error: Callable[[ReadError], object] | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """The articles in these files and folders. Raises ``ReadError`` for the first that can't be read.

        With ``on_error``, that is called with each such error instead, and the other files are indexed.
        ``progress`` is called with the number of passages encoded so far and of all.
        """
        # A single path is meant as one file, not as a file for each of its letters.
        each = [paths] if isinstance(paths, str | Path) else paths
        return cls.from_articles(read_articles(each, on_error=on_error), encoder=encoder, progress=progress)

    @classmethod
    def from_articles(
        cls,
        articles: Iterable[Article],
        *,
        encoder: str | Path | Encoder | None = None,
        progress: Progress | None = None,
    ) -> Self:
        """Articles that are already read. Raises ``EncoderError`` where the encoder can't be loaded."""
        return cls(Index.build(list(articles), encoder, progress=progress))

    @classmethod
    def load(cls, folder: str | Path, *, encoder: str | Path | Encoder | None = None) -> Self:
        """An index saved by ``save``. Raises ``IndexFormatError`` where it can't be used."""
        return cls(Index.load(folder, encoder))

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

    def add(self, path: str | Path) -> None:
        """Add the articles in a file or folder. Raises ``ReadError``.

        A file that is there already and has changed replaces what it was; one that has not changes nothing.
        """
        index = self.index.add(*read_articles([path]))
        if index is not self.index:
            self._reader = EvidenceReader(index)

    def remove(self, source: str) -> None:
        """Take an article out. Raises ``SourceError`` where no article has that source."""
        self._reader = EvidenceReader(self.index.remove(source))

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

        ``history`` holds earlier (question, answer text) pairs; its last question decides the script where
        the new one leaves it open. Raises ``QuestionError`` for an empty or over-long question.
        """
        question = _checked(question)
        reader = _asked(self._reader, sources)
        language = self._default_language(history)
        asked = analyse(question, language)
        if not is_supported(question):
            return replace(abstention(asked, ()), text=PHRASES[asked.language].unsupported)
        intent = intent_of(question)
        if intent and (answer := overview(intent, question, asked.language, reader)):
            return answer
        for whole in (about_section, advice_for):
            if answer := whole(question, asked.language, reader):
                return answer
        return extract(asked, reader, self._scorer)

    def stream(self, question: str, history: Sequence[tuple[str, str]] = ()) -> Iterator[Answer]:
        """The answer as it grows, a quote at a time; the last one is whole and equals ``ask``."""
        answer = self.ask(question, history)
        lines = answer.text.split("\n")
        for count in range(1, len(lines)):
            yield replace(
                answer, text="\n".join(lines[:count]), citations=answer.citations[: count - 1], passages=()
            )
        yield answer

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
        chinese = [detect(article.text[:2000]) for article in self.articles]
        return next((language for language in chinese if language != "en"), "zh-Hant")


def _asked(reader: EvidenceReader, sources: Collection[str] | None) -> EvidenceReader:
    """A reader of the chosen articles; of all where none are chosen."""
    if sources is None:
        return reader
    return EvidenceReader(reader.index.only(sources))


def replace_source(article: Article, source: str) -> Article:
    """The same article under another name."""
    passages = tuple(replace(passage, source=source) for passage in article.passages)
    return replace(article, source=source, passages=passages)


def _checked(text: str) -> str:
    if not isinstance(text, str):
        raise QuestionError(f"The question must be text, not {type(text).__name__}.")
    text = text.strip()
    if not text:
        raise QuestionError("The question is empty: type what you would like to know.")
    if len(text) > MAX_QUESTION:
        raise QuestionError(f"The question has {len(text):,} characters; ask it in at most {MAX_QUESTION:,}.")
    return text
