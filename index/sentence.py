"""Where a sentence ends, in Chinese and English: pure string rules, no model.

A full stop is not always the end of a sentence, and what stands in a closed pair of brackets or quotation
marks belongs to the sentence around it. Where a rule is in doubt it does not split: a quote that is a
little long is better than one that is cut.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

CLOSERS = "」』）】〕》〉｝］”’\"')]}"
_PAIRS = {"「": "」", "『": "』", "“": "”", "‘": "’", "（": "）", "(": ")", "【": "】", "〔": "〕"} | {
    "《": "》", "〈": "〉", "[": "]", "［": "］"
}  # fmt: skip
_QUOTES = '「『“‘"'
# A longer quotation is a text of its own, whose sentences are found one by one (characters).
_LONGEST_PAIR = 200

# The mark of a note, [^1] or [12], stays with the sentence that it stands after.
_NOTE_MARK = r"\[(?:\^[^\]\s]{1,20}|\d{1,3}|[a-z*†‡])\]"
_STOP = re.compile(
    rf"(?P<stop>[。｡！？!?.…]+)(?P<closers>[{re.escape(CLOSERS)}]*(?:{_NOTE_MARK})*)(?P<space>\s*)"
)
_HAN = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")

# Never the end of a sentence: something must follow.
_TITLES = re.compile(
    r"mr|mrs|ms|dr|prof|st|gen|col|lt|maj|capt|cmdr|sgt|sen|rep|gov|pres|hon|rev|amb|messrs|mt|ft|e\.g"
    r"|i\.e|cf|vs|viz|approx|ca"
)
# Not the end before a number: No. 5, pp. 3–4, Fig. 2.
_NUMBERED = re.compile(
    r"no|nos|fig|figs|vol|vols|p|pp|art|sec|ch|eq|para|nr|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov"
    r"|dec"
)
# The end only before a word that begins a sentence: the U.S. Army, but "… in the U.S. The army …".
_CLIPPED = re.compile(
    r"etc|inc|ltd|co|corp|jr|sr|bros|dept|est|univ|assn|ave|blvd|al|ed|eds|ph\.d|m\.d|b\.a|m\.a|a\.m"
    r"|p\.m"
)
_STARTERS = re.compile(
    r"a|after|all|although|an|and|another|as|at|because|before|both|but|by|despite|during|each|even"
    r"|every|few|for|from|had|he|her|here|his|how|however|i|if|in|instead|it|its|later|many|meanwhile"
    r"|more|most|my|no|not|now|of|on|once|one|only|our|she|since|so|some|such|that|the|their|then|there"
    r"|these|they|this|those|though|thus|to|today|under|until|we|were|what|when|where|whether|which"
    r"|while|who|why|with|without|yet|you|your"
)
_SAYING_ZH = re.compile(
    r"^[^，。！？；：「」『』,.!?]{0,8}(?:[說说道問问答喊叫嘆叹寫写]|表示|指出|強調|强调|認為|认为|回應|回应)(?![^，。！？]{0,4}[：:])"
)
_SAYING_EN = re.compile(
    r"^(?:[\w.’'-]+ ){0,4}(?:said|says|asked|replied|wrote|added|told|shouted|cried|answered|explained|warned|noted)\b"
)


class Span(NamedTuple):
    """The half-open range ``start`` to ``end`` of offsets into a text."""

    start: int
    end: int


def _pairs(text: str) -> list[Span]:
    """The closed brackets and quotation marks of at most ``_LONGEST_PAIR`` characters, by their end.

    Each span leads from the opening character to the closing one.
    """
    found: list[Span] = []
    open_: list[tuple[str, int]] = []
    for i, char in enumerate(text):
        if char in _PAIRS:
            while open_ and i - open_[0][1] > _LONGEST_PAIR:
                del open_[0]
            open_.append((_PAIRS[char], i))
        elif any(char == closing for closing, _ in open_):
            while open_[-1][0] != char:
                open_.pop()  # opened and never closed
            found.append(Span(open_.pop()[1], i))
    marks = [match.start() for match in re.finditer('"', text)]
    if len(marks) % 2 == 0:  # else nobody can tell which of them open
        found += map(Span, marks[::2], marks[1::2])
    return sorted(
        (pair for pair in found if pair.end - pair.start <= _LONGEST_PAIR), key=lambda pair: pair.end
    )


def _reads_on(text: str, opening: int, start: int, rest: str) -> bool:
    """Whether the sentence goes on after a quotation or bracket that ends in a full stop.

    「…。」他說: it does. 他說：「…。」 followed by anything: it does not. 以「…。」為題: it does.
    """
    if text[opening] in "《〈" or rest[0] in "，、；：,;:的是與与和及或並并":
        return True
    if text[opening] in _QUOTES and (_SAYING_ZH.match(rest) or _SAYING_EN.match(rest)):
        return True
    before = text[max(start, opening - 3) : opening].rstrip()
    return bool(before) and before[-1] not in "：:，,。！？!?.；"


def _dot_ends(text: str, start: int, dot: int, spaced: bool, rest: str) -> bool:
    """Whether the lone ``.`` at ``dot`` ends the sentence that began at ``start``; ``rest`` follows it."""
    if not spaced:  # a decimal, an address, U.S.: all go on at once; Chinese follows without a space
        tail = text[max(start, dot - 2) : dot]
        lower = tail.isalpha() and tail.islower()
        return bool(_HAN.match(rest)) and (lower or bool(_HAN.match(tail[-1:])))
    words = text[max(start, dot - 40) : dot].split()
    word = words[-1].lstrip("".join(_PAIRS) + '"').lower() if words else ""
    if not word or (dot - len(word) == start and (word.isdigit() or len(word) == 1)):
        return False  # "1. First", "A. First": the mark of a list
    if _TITLES.fullmatch(word) or (_NUMBERED.fullmatch(word) and rest[:1].isdigit()):
        return False
    initial = len(word) == 1 and word.isalpha() and not _HAN.match(word)
    if initial or _CLIPPED.fullmatch(word) or re.fullmatch(r"(?:[a-z]\.)+[a-z]", word):
        following = re.match(r"[A-Z][A-Za-z]*", rest)
        return following is not None and bool(_STARTERS.fullmatch(following.group().lower()))
    return True


def _ends(text: str) -> Iterator[int]:
    """The offset after each sentence of ``text`` but the last."""
    pairs = _pairs(text)
    start = len(text) - len(text.lstrip())
    for match in _STOP.finditer(text):
        stop, end = match["stop"], match.end("closers")
        rest = text[match.end() : match.end() + 60]
        at = match.start()
        first = bisect_left(pairs, at, key=lambda pair: pair.end)
        around = [pair for pair in pairs[first : first + _LONGEST_PAIR] if pair.start < at]
        if not rest or any(pair.end >= end for pair in around):
            continue
        spaced = bool(match["space"])
        chinese = any(char in "。｡！？" for char in stop)
        if not chinese:
            if "…" in stop or stop.endswith("..") or rest[0].islower():
                continue
            if stop == "." and not _dot_ends(text, start, at, spaced, rest):
                continue
            if not (spaced or match["closers"] or _HAN.match(rest)):
                continue
        opening = min((pair.start for pair in around), default=None)
        if opening is not None and _reads_on(text, opening, start, rest):
            continue
        yield end
        start = match.end()


def split_sentences(text: str) -> list[Span]:
    """The sentences of one paragraph, in order, without the white space between them.

    Together they hold every character of ``text`` that is not white space. An unclosed bracket, an
    ellipsis, a decimal point, an abbreviation or an initial ends nothing; closing brackets and
    quotation marks stay with their sentence.

    >>> text = "第四屆會議（見第 3.2 節。）在上海舉行。他說：「很好。」Dr. J. K. Lee left the U.S. in May... Why?"
    >>> [text[start:end] for start, end in split_sentences(text)]
    ['第四屆會議（見第 3.2 節。）在上海舉行。', '他說：「很好。」', 'Dr. J. K. Lee left the U.S. in May... Why?']
    """
    return list(_spans(text))


# A long paragraph is asked for its sentences once for each of its passages.
@lru_cache(maxsize=64)
def _spans(text: str) -> tuple[Span, ...]:
    spans = []
    for a, b in pairwise([0, *_ends(text), len(text)]):
        piece = text[a:b]
        if piece.strip():
            spans.append(Span(a + len(piece) - len(piece.lstrip()), a + len(piece.rstrip())))
    return tuple(spans)
