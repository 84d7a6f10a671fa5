"""The answer written by a language model, every sentence of it checked against the passages while it comes.

What the model writes is text to be verified and shown, never anything else. Where nothing of it holds, or the
model fails, the quoted answer stands in its place with a line that says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from index.article import Article, Passage
from index.encoder import TokenEncoder
from index.language import is_chinese
from qa.answer import Answer, Citation, Usage
from qa.cite import verified
from qa.extract import abstention
from qa.language import in_script
from qa.llm import Failure, Model, ModelError
from qa.meter import Meter
from qa.phrases import PHRASES
from qa.prompt import NO_ANSWER, answer_messages, fitting
from qa.question import Question
from qa.verify import Checked, Verifier
from qa.written import Statement, loops, once, settled, statements, visible

LONGEST = 1024  # tokens that an answer may have
_MENDED_BY_AGAIN: frozenset[Failure] = frozenset({"cut", "malformed", "empty", "language", "long"})
_STEP = 8  # characters that an answer grows by between two looks at it
_LEAD_IN = 8  # a sentence of fewer characters ("Yes.") stands or falls with the next


@dataclass(frozen=True, slots=True)
class Request:
    """A question, the passages that may answer it, best first, and the quoted answer that stands in if need be."""

    asked: Question
    passages: tuple[Passage, ...]
    articles: Mapping[str, Article]
    quoted: Answer


def longest(model: Model) -> int:
    """How many tokens the model may write."""
    return min(LONGEST, model.context // 4)


def write(
    model: Model, request: Request, encoder: TokenEncoder, used: Usage | None = None
) -> Iterator[Answer]:
    """The written answer as it grows; the last one is whole. Never raises ``ModelError``: see ``Answer.note``.

    ``used`` is what the model has used for this question already.
    """
    meter, remind, share = Meter(used or Usage()), False, 1.0
    for attempt in (1, 2):
        room = int((model.context - longest(model)) * share)
        asked = request.asked
        passages = fitting(asked.text, asked.language, request.passages, room, model.count)
        if not passages:
            yield fallback(request.quoted, "long", meter.usage)
            return
        try:
            yield from _attempt(model, request, passages, encoder, meter, remind)
            return
        except ModelError as error:
            if attempt == 2 or error.failure not in _MENDED_BY_AGAIN:
                yield fallback(request.quoted, error.failure, meter.usage)
                return
            remind = error.failure == "language"
            share = 0.5 if error.failure == "long" else 1.0


def fallback(quoted: Answer, failure: Failure, usage: Usage | None = None) -> Answer:
    """The quoted answer, with the line that says why it stands here."""
    phrases = PHRASES[quoted.language]
    note = phrases.quoted.format(failure=phrases.failures[failure])
    return replace(quoted, note=note, usage=usage)


def _attempt(
    model: Model,
    request: Request,
    passages: Sequence[Passage],
    encoder: TokenEncoder,
    meter: Meter,
    remind: bool,
) -> Iterator[Answer]:
    """One try: partial answers, then the whole one. Raises ``ModelError``."""
    verifier = Verifier(passages, request.articles, encoder, request.asked.text)
    draft = _Draft(request, verifier)
    raw, shown = "", Answer("", "en", "", False, 0.0)
    messages = answer_messages(request.asked.text, request.asked.language, passages, remind=remind)
    looping = False
    with closing(meter.pieces(model, messages, longest(model))) as pieces:
        for piece in pieces:
            raw += piece
            if looping := loops(statements(raw)):
                break
            partial = draft.answer(raw, whole=False)
            grown = len(partial.text) - len(shown.text) >= _STEP or len(partial.citations) > len(
                shown.citations
            )
            if partial.text and grown:
                shown = partial
                yield partial
    yield draft.finished(_completed(raw) if meter.stopped or looping else raw, meter.usage)


@dataclass(frozen=True, slots=True)
class _Draft:
    """Turns what was written so far into an answer."""

    request: Request
    verifier: Verifier

    def answer(self, raw: str, *, whole: bool) -> Answer:
        """The answer as far as it goes; the last sentence counts as checked only when it is ``whole``."""
        raw = raw if whole else settled(raw)
        text = visible(raw)
        if not whole and NO_ANSWER.startswith(text.strip()[: len(NO_ANSWER)]):
            return self._shown("", (), (), ())
        written = [one for one in self._said(raw) if NO_ANSWER not in one.text]
        done = written if whole else written[:-1]
        checked = [self.verifier.check(one) for one in done]
        rest = "" if whole or not written else _gap(written[-1], first=len(written) == 1) + written[-1].text
        return _rendered(checked, rest, self._shown)

    def finished(self, raw: str, usage: Usage) -> Answer:
        """The whole answer. Raises ``ModelError`` where it is empty, of another language, or nothing of it holds."""
        text, asked, quoted = visible(raw), self.request.asked, self.request.quoted
        if not text.strip():
            raise ModelError("The language model wrote nothing.", "empty")
        answer = self.answer(raw, whole=True)
        used = self._tally(raw, usage)
        if not answer.text.strip() or (NO_ANSWER in text and not answer.citations):
            found = abstention(asked, quoted.passages, quoted.confidence)
            return replace(found, usage=used)
        if is_chinese(answer.text) != (asked.language != "en"):
            raise ModelError("The language model answered in another language.", "language")
        if not answer.citations:
            return fallback(quoted, "unsupported", used)
        return replace(answer, usage=used)

    def _said(self, raw: str) -> list[Statement]:
        """What was written, each sentence once, in the script and the words of the question."""
        language = self.request.asked.language
        return [replace(one, text=in_script(one.text, language)) for one in once(statements(raw))]

    def _tally(self, raw: str, usage: Usage) -> Usage:
        """The usage with how the quotes fared."""
        found = self._said(raw)
        checked = [self.verifier.check(one) for one in found]
        return replace(
            usage,
            written=sum(len(one.marks) for one in found),
            exact=sum(one.exact for one in checked),
            repaired=sum(one.repaired for one in checked),
            precise=sum(one.precise for one in checked),
        )

    def _shown(
        self,
        text: str,
        citations: Sequence[Citation],
        unsupported: Sequence[tuple[int, int]],
        flagged: Sequence[str],
    ) -> Answer:
        good = verified(citations, self.request.articles)
        assert len(good) == len(citations), "a citation that was cut from its article stands in it"
        return replace(
            self.request.quoted,
            text=text,
            citations=good,
            unsupported=tuple(unsupported),
            flagged=tuple(flagged),
        )


def _completed(raw: str) -> str:
    """What was written without the sentence that the model was stopped in.

    >>> _completed("It has 26 members. It was fou"), _completed("會議有26國。它在")
    ('It has 26 members.', '會議有26國。')
    """
    ends = [match.end() for match in re.finditer(r"[。！？!?][」』”\"]?[\]】]?|\.(?=\s|$|\[)|[\]】]", raw)]
    return raw[: ends[-1]] if ends else ""


def _gap(one: Statement, *, first: bool) -> str:
    """What stands before a sentence: a new line at most twice, else a space or nothing."""
    if first:
        return ""
    return "\n" * min(2, one.gap.count("\n")) or (" " if one.gap else "")


def _rendered(
    checked: Sequence[Checked],
    rest: str,
    shown: Callable[[str, Sequence[Citation], Sequence[tuple[int, int]], Sequence[str]], Answer],
) -> Answer:
    """The sentences with the numbers of their citations, and what of them is not supported."""
    text, numbers, unsupported = "", dict[Citation, int](), list[tuple[int, int]]()
    for i, one in enumerate(checked):
        text += _gap(one.statement, first=i == 0)
        start = len(text)
        text += one.statement.text
        if not one.supported and not _leads_in(one, checked[i + 1 :], bool(rest)):
            unsupported.append((start, len(text)))
        own = [numbers.setdefault(citation, len(numbers) + 1) for citation in one.citations]
        text += "".join(f"[{number}]" for number in dict.fromkeys(own))
    flagged = dict.fromkeys(name for one in checked for name in one.flagged)
    return shown(text + rest, list(numbers), unsupported, list(flagged))


def _leads_in(one: Checked, following: Sequence[Checked], more: bool) -> bool:
    """Whether a sentence only leads to the next ("Yes.", "The newest members are:") and that one is supported."""
    text = one.statement.text.rstrip()
    short = text.endswith((":", "：")) or len(text) < _LEAD_IN
    if one.statement.marks or one.flagged or not short:
        return False
    return following[0].supported if following else more
