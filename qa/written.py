"""What a language model wrote, read: its sentences, and the quotes that it gives for each. Pure, and tolerant.

The model is asked to write ``… has 26 members.[1: "now has 26 members"]``: the number of a passage and words
copied from it. Brackets and quotation marks of either language are taken, and a bare ``[1]`` too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.sentence import split_sentences

_CLOSING = {'"': '"', "“": "”", "「": "」", "『": "』", "'": "'", "‘": "’", "«": "»", "＂": "＂"}
_OPEN = re.compile(
    r"\s*[\[【［]\s*(?:passage\s*|段落\s*)?(\d{1,3}(?:\s*[,，、]\s*\d{1,3})*)\s*", re.IGNORECASE
)
_PENDING = re.compile(
    r"\s*[\[【［](?:\s*(?:p|pa|pas|pass|passa|passag|passage|段|段落)?\s*[\d\s,，、]*)?$", re.IGNORECASE
)
_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\]\[\n]*)\]\([^()\n]*\)")
_MARKUP = re.compile(r"\*\*|__|`+|^#{1,6} |<[^<>\n]{1,80}>", re.MULTILINE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Mark:
    """A citation as the model wrote it: the passage's number, from 1, and the quote, "" where it gave none."""

    passage: int
    quote: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence without its marks, what stands between it and the one before, and its marks in order."""

    gap: str
    text: str
    marks: tuple[Mark, ...] = ()


_HALF = re.compile(r"(?:!|!?\[[^\[\]\n]{0,300}(?:\](?:\([^()\n]*)?)?|<[^<>\n]{0,80})$")


def settled(raw: str) -> str:
    """What is being written without a link or tag at its end that is not whole yet.

    >>> settled("See [here](http://x"), settled("It is <scr"), settled("It is so.[1]")
    ('See ', 'It is ', 'It is so.[1]')
    """
    half = _HALF.search(raw)
    if half is None or re.fullmatch(r"\[\s*\d[\d\s,]*\]", half.group()):
        return raw
    return raw[: half.start()]


def visible(raw: str) -> str:
    """What the model means to be read: without its thinking, markup, links and control characters.

    >>> visible("<think>26?</think>**CICA** has [members](http://x.example/?q=1).")
    'CICA has members.'
    """
    text = _CONTROL.sub("", _THINKING.sub("", raw.replace("\r\n", "\n")))
    return _MARKUP.sub("", _LINK.sub(r"\1", text)).lstrip()


def _mark(text: str, start: int) -> tuple[tuple[Mark, ...], int] | None:
    """The marks that open at ``start`` and where they end; None where no mark does or it is not closed yet."""
    opened = _OPEN.match(text, start)
    if opened is None:
        return None
    numbers = [int(n) for n in re.findall(r"\d+", opened[1])]
    closed = re.compile(r"\s*[\]】］]").match(text, opened.end())
    if closed:
        return tuple(Mark(n, "") for n in numbers), closed.end()
    quoted = re.compile(r"[:：|,，]?\s*(\S)").match(text, opened.end())
    if quoted is None or quoted[1] not in _CLOSING:
        return None
    end = re.compile(rf"{re.escape(_CLOSING[quoted[1]])}\s*[\]】］]").search(text, quoted.end())
    if end is None:
        return None
    return (Mark(numbers[0], text[quoted.end() : end.start()]),), end.end()


def _parted(text: str) -> tuple[str, list[tuple[int, Mark]]]:
    """The text without marks, up to one that is not closed yet, and each mark with its offset there."""
    plain, at = "", 0
    marks: list[tuple[int, Mark]] = []
    for opened in _OPEN.finditer(text):
        if opened.start() < at:
            continue
        found = _mark(text, opened.start())
        if found is None:
            if re.search(r"[\n\]】］]", text[opened.end() :]) and not _open_quote(text, opened.end()):
                continue  # brackets that are no citation
            return plain + text[at : opened.start()], marks
        plain += text[at : opened.start()]
        marks += [(len(plain), mark) for mark in found[0]]
        at = found[1]
    rest = text[at:]
    pending = _PENDING.search(rest)
    return plain + (rest[: pending.start()] if pending else rest), marks


def _open_quote(text: str, at: int) -> bool:
    quoted = re.compile(r"[:：|,，]?\s*(\S)").match(text, at)
    return quoted is not None and quoted[1] in _CLOSING and "\n" not in text[at:]


# While an answer grows, each state of it is asked for its sentences several times.
@lru_cache(maxsize=4)
def statements(raw: str) -> tuple[Statement, ...]:
    """The sentences of what was written so far; the last may still grow. A mark belongs to the sentence before it.

    >>> for one in statements('CICA has 26 members.[1: "now has 26 members"] It met in Shanghai [2].'):
    ...     print(one)
    Statement(gap='', text='CICA has 26 members.', marks=(Mark(passage=1, quote='now has 26 members'),))
    Statement(gap=' ', text='It met in Shanghai.', marks=(Mark(passage=2, quote=''),))
    """
    plain, marks = _parted(visible(raw))
    spans: list[tuple[int, int]] = []
    at = 0
    for line in plain.split("\n"):
        spans += [(at + start, at + end) for start, end in split_sentences(line)]
        at += len(line) + 1
    own: list[list[Mark]] = [[] for _ in spans]
    for position, mark in marks:
        if spans:
            own[max(0, sum(start < position for start, _ in spans) - 1)].append(mark)
    found, before = [], 0
    for (start, end), its in zip(spans, own, strict=True):
        found.append(Statement(plain[before:start], plain[start:end], tuple(its)))
        before = end
    return tuple(found)


# A shorter sentence ("Yes.") may well come twice.
_SAYS = 8


def once(found: Sequence[Statement]) -> tuple[Statement, ...]:
    """The statements without those that only say again what was said.

    >>> [one.text for one in once(statements("It met in May. It met in May. It grew."))]
    ['It met in May.', 'It grew.']
    """
    kept: dict[str, Statement] = {}
    for number, one in enumerate(found):
        kept.setdefault(_plain(one) if len(one.text) >= _SAYS else str(number), one)
    return tuple(kept.values())


def loops(found: Sequence[Statement]) -> bool:
    """Whether some sentence was written three times: small models go on like that until they are stopped.

    >>> loops(statements("It met in May. " * 2)), loops(statements("It met in May. It grew. " * 3))
    (False, True)
    """
    often = Counter(_plain(one) for one in found if len(one.text) >= _SAYS)
    return any(times >= 3 for times in often.values())


def _plain(one: Statement) -> str:
    return "".join(one.text.casefold().split())
