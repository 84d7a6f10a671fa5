"""The footnotes of a PDF, in small type at the foot of a page or column, and its endnotes, tied to raised marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.pdf.rows import SMALL, Row, without_rows
from index.repair.lines import Line

_MARK = re.compile(r"(?P<mark>[＊*†‡✽]|\d{1,3}|[①-⑳])[.、．]?\s*(?=\S)")
_RAISED_MARK = re.compile(r"[＊*†‡✽]|\d{1,3}|[①-⑳]")
_BACK = re.compile(r"\s*[↩⤴↑]\ufe0e?$")  # the way back, as web pages print it

Notes = list[tuple[str, list[Line]]]


def find_notes(rows: list[Row], body: float) -> tuple[list[Row], Notes]:
    """The rows without notes and with their marks cut out and recorded, and the notes, each its mark and its lines.

    ``body`` is the body's size. Where no small print is found, a list at the end is the notes if its numbers are those
    of the raised marks in the text.
    """
    taken, notes = _footnotes(rows, body)
    if not notes:
        taken, notes = _endnotes(rows)
    marks = {mark for mark, _ in notes}
    return [_without_marks(row, marks) for row in without_rows(rows, taken)], notes


def _footnotes(rows: Sequence[Row], body: float) -> tuple[set[int], Notes]:
    """The rows of small print at the foot of a page or column, and the notes in it, in order."""
    zone = _small_print(rows, body)
    notes: Notes = []
    taken: set[int] = set()
    for index in sorted(zone):
        line = rows[index].line
        match = _MARK.match(line.text)
        if match and _begins_note(rows[index], match, notes):
            notes.append((match["mark"], [replace(line, text=line.text[match.end() :])]))
        elif notes:  # it goes on, on the next page too
            notes[-1][1].append(line)
        else:
            continue
        taken.add(index)
    return taken, notes


def _endnotes(rows: Sequence[Row]) -> tuple[set[int], Notes]:
    """The rows of a numbered list at the end whose numbers are those of the raised marks before it, and its notes."""
    raised = [
        (index, int(mark))
        for index, row in enumerate(rows)
        for start, end in row.set.raised
        if (mark := row.set.text[start:end]).isdecimal() and start
    ]
    numbers = [number for _, number in raised]
    if not raised or numbers != list(range(1, len(numbers) + 1)):
        return set(), []
    first = raised[-1][0] + 1
    begins = [
        (index, match)
        for index in range(first, len(rows))
        if (match := _MARK.match(rows[index].line.text)) and match["mark"].isdecimal()
    ]
    begins = begins[-len(numbers) :]
    if [int(match["mark"]) for _, match in begins] != numbers:
        return set(), []
    notes: Notes = []
    for (index, match), end in zip(begins, [*(at for at, _ in begins[1:]), len(rows)], strict=True):
        lines = [row.line for row in rows[index:end]]
        lines[0] = replace(lines[0], text=lines[0].text[match.end() :])
        lines[-1] = replace(lines[-1], text=_BACK.sub("", lines[-1].text))
        notes.append((match["mark"], [line for line in lines if line.text]))
    return set(range(begins[0][0], len(rows))), notes


def _begins_note(row: Row, match: re.Match[str], notes: Sequence[tuple[str, list[Line]]]) -> bool:
    """Whether a mark at the start of a line is a note's: raised, a star, or the next number."""
    mark = match["mark"]
    if (0, match.end("mark")) in row.set.raised or not mark.isdigit():
        return True
    numbers = [int(other) for other, _ in notes if other.isdigit()]
    return int(mark) == (numbers[-1] + 1 if numbers else 1)


def _small_print(rows: Sequence[Row], body: float) -> set[int]:
    """The lines in small type that end a column."""
    found: set[int] = set()
    small = True
    for index in range(len(rows) - 1, -1, -1):
        row = rows[index]
        following = rows[index + 1] if index + 1 < len(rows) else None
        if following is None or following.line.page != row.line.page or following.set.base > row.set.base:
            small = True  # a column ends here
        small = small and row.set.size <= SMALL * body
        if small:
            found.add(index)
    return found


def _without_marks(row: Row, marks: set[str]) -> Row:
    """The row with the raised marks of notes cut out of its text and recorded."""
    text = row.line.text
    recorded: list[tuple[int, str]] = []
    shift = len(row.set.text) - len(row.set.text.lstrip())
    for start, end in reversed(row.set.raised):
        mark = text[start - shift : end - shift]
        if mark in marks and _RAISED_MARK.fullmatch(mark):
            text = text[: start - shift] + text[end - shift :]
            recorded = [(start - shift, mark), *((at - len(mark), other) for at, other in recorded)]
    return Row(replace(row.line, text=text, marks=tuple(recorded)), row.set) if recorded else row
