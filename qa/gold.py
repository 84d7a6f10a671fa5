"""Questions with known answers, read from a file of JSON lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import ReadError
from qa.language import detect


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the answers that count, and where the answer stands.

    ``evidence`` is a piece of the article. Where there are neither answers nor evidence the article does
    not say; ``kind`` then tells how near the question comes ("near": the same names, plausible; "far";
    "" where the file does not tell). ``article_lang`` is "" where it is not known.
    """

    id: str
    lang: str
    text: str
    answers: tuple[str, ...] = ()
    evidence: str = ""
    kind: str = ""
    article_lang: str = ""

    @property
    def answerable(self) -> bool:
        """Whether the article answers the question."""
        return bool(self.answers or self.evidence)

    @property
    def same_language(self) -> bool | None:
        """Whether question and article are both Chinese, in either script, or both English.

        >>> Question("1", "zh-Hans", "何时？", article_lang="zh-Hant").same_language
        True
        """
        if not self.article_lang:
            return None
        return self.lang.split("-")[0] == self.article_lang.split("-")[0]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions on one article: the ``text`` that came with them, None where the user names the article."""

    name: str
    title: str
    text: str | None
    questions: tuple[Question, ...]


def read_questions(path: str | Path) -> tuple[QuestionSet, ...]:
    """The questions of a file of JSON lines (UTF-8), in its order.

    A line with ``text`` is an article with its ``questions`` and ``unanswerable`` ones; lines without are
    questions on the user's article and come as one set. Only ``question`` must be there: without ``lang``
    it is detected, without ``id`` the line number stands in, without ``answers`` and ``evidence`` (or with
    empty ones) the article does not say. Raises ReadError, which names the file and the line.
    """
    path = Path(path)
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except OSError as error:
        raise ReadError(f"{path}: the question file can't be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ReadError(f"{path}: the question file is not UTF-8 text ({error})") from error
    sets: list[QuestionSet] = []
    loose: list[Question] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError("not a JSON object")
            if "text" in row:
                sets.append(_set(row, str(number)))
            else:
                loose.append(_question(row, str(number)))
        except ValueError as error:
            raise ReadError(f"{path}, line {number}: {error}") from error
    if loose:
        sets.insert(0, QuestionSet(path.name, "", None, tuple(loose)))
    if not any(one.questions for one in sets):
        raise ReadError(f"{path}: there is no question in this file")
    return tuple(sets)


def _string(row: dict[str, Any], key: str, default: str = "") -> str:
    value = row.get(key)
    if value is None:
        return default
    if not isinstance(value, str):
        raise ValueError(f'"{key}" must be a string, not {json.dumps(value, ensure_ascii=False)[:60]}')
    return value


def _list(row: dict[str, Any], key: str) -> list[Any]:
    value = row.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(f'"{key}" must be a list')
    return value


def _question(row: dict[str, Any], default_id: str, article_lang: str = "") -> Question:
    text = _string(row, "question")
    if not text.strip():
        raise ValueError('there is no "question"')
    answers = _list(row, "answers")
    if not all(isinstance(one, str) and one.strip() for one in answers):
        raise ValueError('"answers" must be a list of strings, empty where the article does not say')
    return Question(
        id=_string(row, "id", default_id),
        lang=_string(row, "lang") or detect(text),
        text=text,
        answers=tuple(answers),
        evidence=_string(row, "evidence"),
        kind=_string(row, "kind"),
        article_lang=article_lang,
    )


def _set(row: dict[str, Any], default_name: str) -> QuestionSet:
    name, text = _string(row, "id", default_name), _string(row, "text")
    lang = _string(row, "lang") or detect(text)

    def questions() -> Iterator[Question]:
        for key in ("questions", "unanswerable"):
            rows = _list(row, key)
            if not all(isinstance(one, dict) for one in rows):
                raise ValueError(f'"{key}" must be a list of objects')
            for number, one in enumerate(rows, start=1):
                yield _question(one, f"{name}-{key[0]}{number}", lang)

    return QuestionSet(name, _string(row, "title"), text, tuple(questions()))
