"""A clean document set on pages and taken out again, as a PDF would give it: wrapped, cut and scattered."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Literal

from benchmarks.documents import Document, Language

Blanks = Literal["paragraphs", "random", "none", "every"]


@dataclass(frozen=True, slots=True)
class Damage:
    """How a document is set and taken out again."""

    width: int  # columns
    by_characters: bool  # the width counts characters, not columns
    kinsoku: bool  # no comma or stop begins a line
    hyphenate: bool
    blanks: Blanks
    indent: str  # before the first line of a paragraph
    lost_indent: bool  # the first line is shorter, but its indent was not extracted
    page_lines: int  # lines on a page; 0: no pages
    head: str
    numbers: str  # how a page number is written, "" for none


def draw(rng: Random, language: Language, document: Document) -> Damage:
    """Some damage, at a width that leaves no doubt where the paragraphs of the document end, if one is found."""
    blanks: Blanks = rng.choice(["paragraphs", "random", "random", "none", "every"])
    indent = rng.choice(["", "", "　　", "  "]) if language != "en" else rng.choice(["", "", "    "])
    by_characters = language in {"zh-Hant", "zh-Hans"} and rng.random() < 0.4
    damage = Damage(
        width=0,
        by_characters=by_characters,
        kinsoku=rng.random() < 0.6,
        hyphenate=rng.random() < 0.5,
        blanks=blanks,
        indent=indent,
        lost_indent=bool(indent) and rng.random() < 0.5,
        page_lines=rng.choice([0, rng.randint(8, 30)]),
        head=rng.choice(["", "山海季刊 第12期", "Notes on Rivers and Roads", "山與海"]),
        numbers=rng.choice(["", "{}", "- {} -", "第{}頁", "Page {}"]),
    )
    for _ in range(40):
        damage = replace(damage, width=rng.randint(18, 42) if by_characters else rng.randint(36, 84))
        if not is_doubtful(document, damage):
            break
    return damage


def is_doubtful(document: Document, damage: Damage) -> bool:
    """Whether nothing on the page tells where some paragraph ends: its last line is full and no blank line or
    indent sets the next one off."""
    if damage.blanks == "paragraphs":
        return False
    measure = len if damage.by_characters else _columns
    for (kind, text), (next_kind, following) in pairwise(_marked(document)):
        if next_kind == "paragraph" and kind == "paragraph" and damage.indent and not damage.lost_indent:
            continue
        last = wrap(Random(0), text, damage, indent=damage.indent if kind == "paragraph" else "")[-1]
        first = _bound(_TOKENS.findall(following), kinsoku=True)[0]
        if measure(last.replace(_MARK, "")) + measure(first.replace(_MARK, "")) + 3 > damage.width:
            return True
    return False


_MARK = "\ue000"  # where a footnote's mark stands while the text is wrapped


def damaged(rng: Random, document: Document, damage: Damage) -> str:
    """The document as the text of a page would come out."""
    lines: list[tuple[str, bool]] = []  # and whether a block ends with it
    for kind, text in _marked(document):
        wrapped = wrap(rng, text, damage, indent=damage.indent if kind == "paragraph" else "")
        lines.extend((line, last == len(wrapped)) for last, line in enumerate(wrapped, 1))
    pages = _pages(lines, damage.page_lines)
    # A running head that is seen once could be a heading.
    head = damage.head if len(pages) > 3 else ""
    out: list[str] = []
    for number, page in enumerate(pages, 1):
        if head and number > 1:
            out.extend(["", head, ""])
        for line, ends in page:
            out.append(re.sub(f"{_MARK}(\\d+){_MARK}", r"\1", line))
            if _blank_after(rng, damage.blanks, ends=ends):
                out.append("")
        for mark in re.findall(f"{_MARK}(\\d+){_MARK}", "".join(line for line, _ in page)):
            note = wrap(rng, f"{mark} {document.notes[int(mark) - 1][2]}", damage, indent="")
            out.extend(["", *note])
        if damage.page_lines and damage.numbers:
            out.extend(["", damage.numbers.format(number + 16), ""])
    return "\n".join(out)


def _marked(document: Document) -> list[tuple[str, str]]:
    """The blocks with the marks of the footnotes in them."""
    texts = [text for _, text in document.blocks]
    marks = [(block, offset, number) for number, (block, offset, _) in enumerate(document.notes, 1)]
    for block, offset, number in sorted(marks, reverse=True):
        texts[block] = f"{texts[block][:offset]}{_MARK}{number}{_MARK}{texts[block][offset:]}"
    return [(kind, text) for (kind, _), text in zip(document.blocks, texts, strict=True)]


def _pages(lines: list[tuple[str, bool]], size: int) -> list[list[tuple[str, bool]]]:
    if not size:
        return [lines]
    return [lines[first : first + size] for first in range(0, len(lines), size)]


def _blank_after(rng: Random, blanks: Blanks, *, ends: bool) -> bool:
    if blanks == "random":
        return rng.random() < (0.8 if ends else 0.4)
    return blanks == "every" or (blanks == "paragraphs" and ends)


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


_TOKENS = re.compile(rf"{_MARK}\d+{_MARK}| +|[^\s\u2e80-\uffef]+|.", flags=re.DOTALL)
_CANT_START = "，。、；：！？」』）》”’%）…"
_CANT_END = "「『（《“‘"


def wrap(rng: Random, text: str, damage: Damage, *, indent: str) -> list[str]:
    """The text wrapped greedily; no word is divided but by hyphenation."""
    measure = len if damage.by_characters else _columns
    tokens = _bound(_TOKENS.findall(text), kinsoku=damage.kinsoku)
    lines: list[str] = []
    current = indent
    for token in tokens:
        room = damage.width - measure(re.sub(_MARK, "", current))
        if measure(re.sub(_MARK, "", token.rstrip(" "))) <= room or not current.strip():
            current += token
            continue
        head, rest = _divided(rng, token, room) if damage.hyphenate else ("", token)
        lines.append((current + head).rstrip(" "))
        current = rest.lstrip(" ")
    lines.append(current.rstrip(" "))
    if indent and damage.lost_indent:
        lines[0] = lines[0].lstrip(" 　")
    return [line for line in lines if line.strip(" ")]


def _bound(tokens: list[str], *, kinsoku: bool) -> list[str]:
    """The tokens, with footnote marks, and marks of punctuation if asked for, bound to the word before or after."""
    bound: list[str] = []
    for token in tokens:
        leans = kinsoku and bound and (token[0] in _CANT_START or bound[-1][-1] in _CANT_END)
        if bound and (leans or token[0] == _MARK):
            bound[-1] += token
        else:
            bound.append(token)
    return bound


def _divided(rng: Random, token: str, room: int) -> tuple[str, str]:
    """A long word divided by a hyphen so that its head fits into the room."""
    match = re.fullmatch(r"([A-Za-z]{7,})([.,;:!?\"]*)", token)
    if not match or room < 4:
        return "", token
    cut = min(room - 1, len(match[1]) - 3)
    return token[:cut] + "-", token[cut:]
