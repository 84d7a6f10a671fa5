"""A conversation taken along: as Markdown, as JSON, in the browser; and ratings in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.errors import WendaError
from qa import export
from qa.answer import Answer, Citation, Usage
from qa.chatbot import Chatbot
from qa.feedback import Feedback

QUOTE = Citation("茶長在霧裡。", "tea.md", None, 7, 0, 6)
ANSWER = Answer("茶長在哪裡？", "zh-Hant", "文中寫道：\n「茶長在霧裡。」[1]", False, 0.9, (QUOTE,))
TITLES = {"tea.md": "茶經", "other.md": "別的"}


def test_plain_text_has_the_references_by_number() -> None:
    assert export.plain_text(ANSWER, TITLES) == "文中寫道：\n「茶長在霧裡。」[1]\n\n[1] 茶經，第 7 行"
    assert export.plain_text(Answer("q", "en", "No.", True, 0.1), {}) == "No."


def test_markdown_of_a_conversation() -> None:
    assert export.markdown([ANSWER], TITLES) == (
        "## 茶長在哪裡？\n\n文中寫道：  \n「茶長在霧裡。」\\[1\\]\n\n1. 茶經，第 7 行\n"
    )


@pytest.mark.parametrize(
    "text",
    ["<script>alert(1)</script>", "[a](javascript:b)", "![x](http://y)", "# h", "**b** `c` $d$", "| a | b |"],
)
def test_markdown_in_what_we_did_not_write_stays_text(text: str) -> None:
    answer = Answer(text, "en", f"{text} [1]", False, 0.9, (Citation(text, text, None, 1, 0, 9),))
    html = MarkdownIt("commonmark").enable("table").render(export.markdown([answer], {}))
    for element in ("<script", "<a", "<img", "<h1", "<strong", "<code", "<table"):
        assert element not in html


def test_json_of_a_conversation_is_that_of_the_command_line(bot: Chatbot) -> None:
    answers = [bot.ask("第四屆亞信峰會在哪裡舉行？"), bot.ask("How tall is Mount Fuji?")]
    value = json.loads(export.conversation_json(answers, {**TITLES, "guide.zh-Hant.md": "導讀"}))
    assert value == {
        "version": 1,
        "titles": {"guide.zh-Hant.md": "導讀"},
        "turns": [answer.to_dict() for answer in answers],
    }


WRITTEN = Answer(
    "它呢？", "zh-Hant", "茶長在霧裡[1]。要三天。", False, 0.8, (QUOTE,), (), "茶呢？", "模型連不上。", ((8, 12),), ("三",), Usage(9, None, 0.5, 1)
)  # fmt: skip


def test_what_a_model_wrote_comes_back_whole() -> None:
    assert export.from_record(json.loads(json.dumps(export.record(WRITTEN)))) == WRITTEN


def test_a_record_of_before_there_were_models_is_still_read() -> None:
    old = {key: export.record(ANSWER)[key] for key in
           ("question", "language", "answer", "abstained", "confidence", "citations", "passages")}  # fmt: skip
    assert export.from_record(old) == ANSWER


@pytest.mark.parametrize(
    "change",
    [
        {"note": 1},
        {"unsupported": [[1]]},
        {"unsupported": "x"},
        {"flagged": [2]},
        {"usage": {"tokens_in": 1}},
    ],
)
def test_a_record_with_a_wrong_part_is_none(change: dict[str, Any]) -> None:
    assert export.from_record(export.record(WRITTEN) | change) is None


def test_a_quote_that_the_answer_does_not_show_stands_with_its_place() -> None:
    assert export.plain_text(WRITTEN, TITLES) == (
        "茶長在霧裡[1]。要三天。\n\n[1] 茶經，第 7 行：「茶長在霧裡。」\n\n模型連不上。"
    )
    assert "1. 茶經，第 7 行：「茶長在霧裡。」\n\n*模型連不上。*" in export.markdown([WRITTEN], TITLES)


def test_what_is_recorded_comes_back(bot: Chatbot) -> None:
    answer = bot.ask("How many members does CICA have?")
    back = export.from_record(json.loads(json.dumps(export.record(answer))))
    assert back is not None
    assert back.passages == ()
    assert (back.text, back.citations) == (answer.text, answer.citations)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_anything_else_is_no_record(value: object) -> None:
    assert export.from_record(value) is None


@pytest.mark.parametrize(
    "change",
    [
        {"language": "fr"},
        {"confidence": 2},
        {"answer": None},
        {"citations": "none"},
        {"citations": [{"quote": "x"}]},
        {"citations": [{"quote": "x", "source": "a", "page": None, "line": "7", "start": 0, "end": 1}]},
    ],
)
def test_a_damaged_record_is_no_record(change: dict[str, Any]) -> None:
    assert export.from_record(export.record(ANSWER) | change) is None


def test_ratings_are_lines_of_json(tmp_path: Path) -> None:
    feedback = Feedback.into(tmp_path / "ratings.jsonl")
    feedback.rate(ANSWER, good=True)
    feedback.rate(ANSWER, good=False)
    lines = [
        json.loads(line) for line in (tmp_path / "ratings.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert [line["good"] for line in lines] == [True, False]
    assert export.from_record(lines[0]) == ANSWER
    assert set(lines[0]) == {"time", "good", *ANSWER.to_dict()}


def test_a_file_that_cannot_be_written_is_said_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(WendaError, match="Cannot write feedback to"):
        Feedback.into(tmp_path / "missing" / "ratings.jsonl")
