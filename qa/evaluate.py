"""How well a chatbot does on questions with known answers: the user's own question file, or ours.

A question file is JSON lines in either of two shapes (`read_questions` says which keys may be left out):

- a question a line, on the article at hand: ``{"id", "lang", "question", "answers", "evidence"}``;
- an article a line, with its questions: ``{"id", "lang", "title", "text", "questions": […],
  "unanswerable": [{"lang", "question", "kind"}]}``.

`figures` says what is counted, and `qa.marking` how two texts are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from index.article import Article, Hit
from qa.answer import Answer
from qa.gold import Question
from qa.language import detect
from qa.marking import accepts, contains, found_at
from qa.measured import Written, written_figures, written_table

DEPTH = 5  # how many passages are looked at for the evidence


class Asked(Protocol):
    """What can be evaluated: a `Chatbot`, or anything that answers and searches like one."""

    @property
    def articles(self) -> Sequence[Article]:
        """The articles that are asked."""

    def ask(self, question: str) -> Answer:
        """The answer to a question."""

    def search(self, query: str, k: int = 5) -> list[Hit]:
        """The nearest passages, best first."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one question.

    ``stands`` tells whether the evidence is in an article at all, ``found_at`` is as `qa.marking.found_at`
    gives it, and ``true_quotes`` counts the citations whose quote is the text at their offsets.
    """

    question: Question
    answer: Answer
    stands: bool
    found_at: int | None
    right: bool
    true_quotes: int

    def to_dict(self) -> dict[str, Any]:
        """For reading the errors: the question, what was expected, and what was given."""
        return asdict(self.question) | {
            "evidence_stands": self.stands,
            "found_at": self.found_at,
            "right": self.right,
            "abstained": self.answer.abstained,
            "confidence": round(self.answer.confidence, 4),
            "answer": self.answer.text,
            "quotes": [citation.quote for citation in self.answer.citations],
        }


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` out of ``of``; no share at all where ``of`` is 0.

    >>> str(Share(7, 8)), Share(7, 8).value, str(Share(0, 0)), Share(0, 0).value
    ('87.5% (7/8)', 0.875, '–', None)
    """

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """From 0 to 1."""
        return self.hits / self.of if self.of else None

    def __str__(self) -> str:
        """As a table shows it."""
        return "–" if self.value is None else f"{self.value:.1%} ({self.hits}/{self.of})"


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one group of questions; `figures` says what each counts."""

    group: str
    questions: int
    evidence_at_1: Share
    evidence_at_3: Share
    evidence_at_5: Share
    answer_right: Share
    abstained_wrongly: Share
    abstained: Share
    abstained_near: Share
    abstained_far: Share
    quotes_true: Share
    written: Written | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of every group, "all" first, and the outcome of every question in the file's order."""

    groups: tuple[Figures, ...]
    outcomes: tuple[Outcome, ...]

    def to_dict(self) -> dict[str, Any]:
        """One JSON object; each share is ``{"share": 0 to 1 or null, "hits", "of"}``."""
        return {
            "groups": [
                {
                    key: {"share": value.value, "hits": value.hits, "of": value.of}
                    if isinstance(value, Share)
                    else asdict(value)
                    if isinstance(value, Written)
                    else value
                    for key, value in ((name, getattr(group, name)) for name in Figures.__slots__)
                }
                for group in self.groups
            ],
            "per_question": [outcome.to_dict() for outcome in self.outcomes],
        }

    def to_markdown(self) -> str:
        """A table with a row for each group, and a column for each figure that any group has.

        A line after it tells of evidence that the search can't find, since no article has it.
        """
        shares = [name for name in Figures.__slots__ if isinstance(getattr(self.groups[0], name), Share)]
        columns = [name for name in shares if any(getattr(group, name).of for group in self.groups)]
        head = ["", "questions", *(name.replace("_at_", " @").replace("_", " ") for name in columns)]
        rows = [
            [group.group, str(group.questions), *(str(getattr(group, name)) for name in columns)]
            for group in self.groups
        ]
        lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
        table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
        given = [one for one in self.outcomes if one.question.evidence]
        missing = Share(sum(not one.stands for one in given), len(given))
        note = f"\n\nEvidence that stands in no article, counted as not found: {missing}."
        written = [(group.group, group.written) for group in self.groups if group.written]
        return table + (note if missing.hits else "") + (f"\n\n{written_table(written)}" if written else "")


def outcomes(bot: Asked, questions: Iterable[Question]) -> Iterator[Outcome]:
    """Asks each question and marks what comes back."""
    texts = {article.source: article.text for article in bot.articles}
    languages = {detect(text) for text in texts.values()}
    known = languages.pop() if len(languages) == 1 else ""
    for question in questions:
        answer, evidence = bot.ask(question.text), question.evidence
        hits = bot.search(question.text, k=DEPTH) if evidence else []
        yield Outcome(
            question=replace(question, article_lang=question.article_lang or known),
            answer=answer,
            stands=bool(evidence) and any(contains(text, evidence) for text in texts.values()),
            found_at=found_at(evidence, hits, bot.articles),
            right=not answer.abstained and accepts(answer, question.answers),
            true_quotes=sum(
                citation.quote == texts.get(citation.source, "")[citation.start : citation.end]
                for citation in answer.citations
            ),
        )


def figures(group: str, marked: Sequence[Outcome]) -> Figures:
    """The figures of one group of questions.

    - evidence @k: of the questions with evidence, how many have it in the first k passages of ``search``;
    - answer right: of the questions with accepted answers, how many got an answer that says one
      (an abstention is never right, whatever it shows);
    - abstained wrongly: of the answerable questions, how many got an abstention;
    - abstained: of the unanswerable, how many got one; also for the "near" and the "far" ones alone;
    - quotes true: of all quotes, how many stand in their article, character for character;
    - written: as `qa.measured` says, where a language model was asked.
    """

    def share(condition: Callable[[Outcome], bool], among: Iterable[Outcome]) -> Share:
        among = list(among)
        return Share(sum(map(condition, among)), len(among))

    def evidence(k: int) -> Share:
        return share(
            lambda one: one.found_at is not None and one.found_at <= k,
            (one for one in marked if one.question.evidence),
        )

    def abstained(*kinds: str) -> Share:
        among = (one for one in unanswerable if not kinds or one.question.kind in kinds)
        return share(lambda one: one.answer.abstained, among)

    answerable = [one for one in marked if one.question.answerable]
    unanswerable = [one for one in marked if not one.question.answerable]
    return Figures(
        group=group,
        questions=len(marked),
        evidence_at_1=evidence(1),
        evidence_at_3=evidence(3),
        evidence_at_5=evidence(DEPTH),
        answer_right=share(lambda one: one.right, (one for one in marked if one.question.answers)),
        abstained_wrongly=share(lambda one: one.answer.abstained, answerable),
        abstained=abstained(),
        abstained_near=abstained("near"),
        abstained_far=abstained("far"),
        quotes_true=Share(
            sum(one.true_quotes for one in marked), sum(len(one.answer.citations) for one in marked)
        ),
        written=written_figures([one.answer for one in marked]),
    )


def report(marked: Iterable[Outcome]) -> Report:
    """The figures of all questions, of each question language, and within and across languages."""
    marked = tuple(marked)
    groups: dict[str, list[Outcome]] = {"all": list(marked)}
    languages = {one.question.lang for one in marked}
    for lang in sorted(languages, reverse=True):
        groups[lang] = [one for one in marked if one.question.lang == lang]
    if {"zh-Hant", "zh-Hans"} <= languages:
        groups["zh"] = [one for one in marked if one.question.lang.startswith("zh")]
    groups["same language"] = [one for one in marked if one.question.same_language is True]
    groups["across languages"] = [one for one in marked if one.question.same_language is False]
    return Report(tuple(figures(name, group) for name, group in groups.items() if group), marked)
