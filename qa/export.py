"""A conversation as a file or on the clipboard: Markdown, JSON and plain text, every quote with its place.

Pure: answers in, text out. ``titles`` gives the name that readers know an article by, by its source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from qa.answer import Answer, Citation, Language, Usage

VERSION = 1  # of the JSON; it grows when a key changes its meaning
_PAGE = {"zh-Hant": "第 {n} 頁", "zh-Hans": "第 {n} 页", "en": "page {n}"}
_LINE = {"zh-Hant": "第 {n} 行", "zh-Hans": "第 {n} 行", "en": "line {n}"}
_COLON = {"zh-Hant": "：", "zh-Hans": "：", "en": ": "}
_COMMA = {"zh-Hant": "，", "zh-Hans": "，", "en": ", "}
# What would be read as Markdown; the text of articles and questions is to stay text.
_MARKDOWN = str.maketrans({c: f"\\{c}" for c in "\\`*_{}[]<>#|~!&$"})


def reference(citation: Citation, language: Language, titles: Mapping[str, str]) -> str:
    """Where a quote stands, in words.

    >>> reference(Citation("茶。", "tea.md", 2, 7, 0, 2), "zh-Hant", {"tea.md": "茶經"})
    '茶經，第 2 頁，第 7 行'
    """
    parts = [titles.get(citation.source) or citation.source]
    if citation.page is not None:
        parts.append(_PAGE[language].format(n=citation.page))
    return _COMMA[language].join([*parts, _LINE[language].format(n=citation.line)])


def plain_text(answer: Answer, titles: Mapping[str, str]) -> str:
    """An answer to paste elsewhere: its text and, by their numbers, its references."""
    references = [
        f"[{number}] {_with_quote(reference(citation, answer.language, titles), citation, answer)}"
        for number, citation in enumerate(answer.citations, start=1)
    ]
    return "\n\n".join(filter(None, (answer.text, "\n".join(references), answer.note)))


def _with_quote(place: str, citation: Citation, answer: Answer) -> str:
    """The place of a quote, and the quote itself where the answer does not show it."""
    if citation.quote in answer.text:
        return place
    left, right = ("“", "”") if answer.language == "en" else ("「", "」")
    return f"{place}{_COLON[answer.language]}{left}{' '.join(citation.quote.split())}{right}"


def markdown(answers: Sequence[Answer], titles: Mapping[str, str]) -> str:
    """A conversation as Markdown: each question a heading, its answer, its references."""
    return "\n".join(_markdown_turn(answer, titles) for answer in answers)


def conversation_json(answers: Sequence[Answer], titles: Mapping[str, str]) -> str:
    """A conversation as JSON: ``turns`` are what ``wenda ask --json`` prints, ``titles`` names their sources."""
    used = {citation.source for answer in answers for citation in answer.citations}
    named = {source: title for source, title in titles.items() if source in used}
    value = {"version": VERSION, "titles": named, "turns": [answer.to_dict() for answer in answers]}
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def record(answer: Answer) -> dict[str, Any]:
    """What is kept of an answer for later: its JSON without the passages."""
    return answer.to_dict() | {"passages": []}


def from_record(value: object) -> Answer | None:
    """The answer that ``record`` kept; None for anything else, since it may come from anywhere.

    >>> answer = Answer("q", "en", "It says: “a” [1]", False, 0.5, (Citation("a", "a.txt", None, 1, 0, 1),))
    >>> from_record(record(answer)) == answer, from_record({"question": "q"})
    (True, None)
    """
    if not isinstance(value, dict):
        return None
    citations = value.get("citations")
    kinds = {"question": str, "language": str, "answer": str, "abstained": bool, "confidence": int | float}
    if not all(isinstance(value.get(key), kind) for key, kind in kinds.items()):
        return None
    if value["language"] not in _LINE or not isinstance(citations, list) or not 0 <= value["confidence"] <= 1:
        return None
    quotes = tuple(quote for quote in map(_citation, citations) if quote is not None)
    extras = _extras(value)
    if len(quotes) < len(citations) or extras is None:
        return None
    return Answer(
        value["question"],
        value["language"],
        value["answer"],
        value["abstained"],
        value["confidence"],
        quotes,
        **extras,
    )


def _extras(value: dict[str, Any]) -> dict[str, Any] | None:
    """What only some answers have, with its default where it is not there; None where it is not what it should be."""
    rewritten, note = value.get("rewritten", ""), value.get("note", "")
    spans, flagged = value.get("unsupported", []), value.get("flagged", [])
    lists = isinstance(spans, list) and isinstance(flagged, list)
    if not lists or not all(isinstance(text, str) for text in (rewritten, note, *flagged)):
        return None
    if not all(isinstance(span, list) and [type(n) for n in span] == [int, int] for span in spans):
        return None
    usage = value.get("usage")
    if usage is not None and (usage := _usage(usage)) is None:
        return None
    return {
        "rewritten": rewritten,
        "note": note,
        "unsupported": tuple((start, end) for start, end in spans),
        "flagged": tuple(flagged),
        "usage": usage,
    }


def _usage(value: object) -> Usage | None:
    names = {field.name for field in fields(Usage)}
    if not isinstance(value, dict) or set(value) != names:
        return None
    unknown = {"tokens_in", "tokens_out"}
    if not all(isinstance(n, int | float) or (n is None and name in unknown) for name, n in value.items()):
        return None
    return Usage(**value)


def _citation(value: object) -> Citation | None:
    kinds = {"quote": str, "source": str, "page": int | None, "line": int, "start": int, "end": int}
    if not isinstance(value, dict) or set(value) != set(kinds):
        return None
    return Citation(**value) if all(isinstance(value[key], kind) for key, kind in kinds.items()) else None


def _markdown_turn(answer: Answer, titles: Mapping[str, str]) -> str:
    lines = [f"## {_plain(' '.join(answer.question.split()))}", ""]
    # A line of its own for each line of the answer, which in Markdown needs a break.
    lines.append("  \n".join(_plain(line) for line in answer.text.split("\n")))
    if answer.citations:
        lines.append("")
    for number, citation in enumerate(answer.citations, start=1):
        where = _with_quote(reference(citation, answer.language, titles), citation, answer)
        lines.append(f"{number}. {_plain(where)}")
    if answer.note:
        lines += ["", f"*{_plain(answer.note)}*"]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    return text.translate(_MARKDOWN)
