"""Evaluation: what counts as found, as right, as a true quote; and question files, good and bad."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, Block, Hit, Passage, Place, SourceMap
from index.errors import ReadError
from qa.answer import Answer, Citation
from qa.evaluate import Share, figures, outcomes, report
from qa.gold import Question, read_questions
from qa.marking import accepts, contains, found_at, says

SHARED = Path(os.environ.get("WENDA_SHARED", Path(__file__).parents[1].parent / "shared"))
TEXT = "湖邊的天文臺建於1931年。\n\n它的望遠鏡口徑有 2.5 公尺，\n由三所大學共用。參觀每週兩次，免費。"


def article(text: str = TEXT, source: str = "observatory.txt") -> Article:
    return Article(source, text, SourceMap((0,), (Place(1),)), (Block("paragraph", 0, len(text)),))


def hit(piece: str, of: Article, score: float = 1.0) -> Hit:
    start = of.text.index(piece)
    return Hit(Passage(of.source, piece, start, start + len(piece)), score)


def answer(text: str, *quotes: str, abstained: bool = False, shift: int = 0) -> Answer:
    citations = [
        Citation(
            quote, "observatory.txt", None, 1, TEXT.find(quote) + shift, TEXT.find(quote) + len(quote) + shift
        )
        for quote in quotes
    ]
    return Answer("?", "zh-Hant", text, abstained, 0.5, tuple(citations))


@dataclass(frozen=True)
class Scripted:
    """Answers and finds what the test says."""

    articles: tuple[Article, ...]
    answers: dict[str, Answer]
    hits: dict[str, list[Hit]]

    def ask(self, question: str) -> Answer:
        return self.answers[question]

    def search(self, query: str, k: int = 5) -> list[Hit]:
        return self.hits.get(query, [])[:k]


@pytest.mark.parametrize(
    ("text", "piece", "expected"),
    [
        ("歐巴馬訪問了卡達", "奥巴马访问了卡塔尔", True),  # script and words
        ("ＣＩＣＡ has 26\nmembers", "cica has26members", True),  # width, case, white space
        ("總值4,560億美元", "4560億", False),  # punctuation counts: list both in the answers
        ("", "a", False),
    ],
)
def test_contains(text: str, piece: str, expected: bool) -> None:
    assert contains(text, piece) is expected


@given(st.text(), st.text(min_size=1), st.text())
def test_a_text_contains_each_of_its_pieces(before: str, piece: str, after: str) -> None:
    assert contains(before + piece + after, piece)


@pytest.mark.parametrize(
    ("text", "piece", "expected"),
    [
        ("有5位軍官", "5", True),
        ("有15位軍官", "5位", False),
        ("2015年", "5", False),
        ("共5.4億", "5", False),
        ("1,500人", "500", False),
        ("500,000 people", "500", False),
        ("on 20 and 21 May, 2014, in Shanghai", "2014", True),
        ("於第5，2014年", "2014", True),
        ("in 2014 5 officers", "5", True),
        ("４，５６０億", "4,560億", True),
        ("fourteen tugs", "Fourteen  tugs", True),
    ],
)
def test_numbers_count_as_whole_numbers(text: str, piece: str, expected: bool) -> None:
    assert says(text, piece) is expected


def test_quote_numbers_are_no_answers_but_quotes_are() -> None:
    assert not accepts(answer("文章這樣說。[5]"), ["5"])
    assert accepts(answer("文章這樣說。[1]", "湖邊的天文臺建於1931年。"), ["1930", "1931年"])
    assert not accepts(answer("文章這樣說。[1]", "湖邊的天文臺建於1931年。"), [])


def test_evidence_is_found_at_the_smallest_k() -> None:
    one = article()
    hits = [hit("參觀每週兩次，免費。", one), hit("湖邊的天文臺建於1931年。", one)]
    assert found_at("參觀每週兩次", hits, [one]) == 1
    assert found_at("天文台建于1931年", hits, [one]) == 2
    assert found_at("三所大學", hits, [one]) is None
    assert found_at("三所大學", [], [one]) is None


def test_evidence_across_two_neighbours_is_found_once_both_are() -> None:
    one = article()
    first, second, last = "它的望遠鏡口徑有 2.5 公尺，", "由三所大學共用。", "參觀每週兩次，免費。"
    evidence = "2.5公尺，由三所大學共用"
    assert found_at(evidence, [hit(second, one), hit(last, one), hit(first, one)], [one]) == 3
    # Two passages that merely come together in the list are not one text.
    assert (
        found_at("建於1931年。由三所", [hit("湖邊的天文臺建於1931年。", one), hit(second, one)], [one])
        is None
    )
    other = article(second, "other.txt")
    assert found_at(evidence, [hit(first, one), hit(second, other)], [one, other]) is None


def test_figures_count_what_they_say() -> None:
    one = article()
    right, wrong, silent = "哪一年建的？", "口徑多大？", "参观要钱吗？"
    near, far = "誰設計的？", "How tall is Everest?"
    asked = [
        Question("1", "zh-Hant", right, ("1931",), "建於1931年"),
        Question("2", "zh-Hant", wrong, ("2.5公尺", "2.5 metres"), "口徑有2.5公尺"),
        Question("3", "zh-Hans", silent, ("免費",), "免費"),
        Question("4", "zh-Hant", near, kind="near"),
        Question("5", "en", far, kind="far"),
    ]
    bot = Scripted(
        (one,),
        {
            right: answer("「湖邊的天文臺建於1931年。」[1]", "湖邊的天文臺建於1931年。"),
            wrong: answer("「參觀每週兩次，免費。」[1]", "參觀每週兩次，免費。", shift=1),
            silent: answer("文章沒有說，最近的是：參觀每週兩次，免費。", abstained=True),
            near: answer("「由三所大學共用。」[1]", "由三所大學共用。"),
            far: answer("The article does not say.", abstained=True),
        },
        {
            right: [hit("湖邊的天文臺建於1931年。", one)],
            wrong: [hit("參觀每週兩次，免費。", one), hit("它的望遠鏡口徑有 2.5 公尺，", one)],
        },
    )
    marked = list(outcomes(bot, asked))
    result = report(marked)
    whole = result.groups[0]
    assert [group.group for group in result.groups] == [
        "all",
        "zh-Hant",
        "zh-Hans",
        "en",
        "zh",
        "same language",
        "across languages",
    ]
    assert (whole.evidence_at_1, whole.evidence_at_3, whole.evidence_at_5) == (
        Share(1, 3),
        Share(2, 3),
        Share(2, 3),
    )
    assert whole.answer_right == Share(1, 3)  # the abstention shows the answer, and is still not one
    assert whole.abstained_wrongly == Share(1, 3)
    assert (whole.abstained, whole.abstained_near, whole.abstained_far) == (
        Share(1, 2),
        Share(0, 1),
        Share(1, 1),
    )
    assert whole.quotes_true == Share(2, 3)  # one citation's offsets are off by one
    across = result.groups[-1]
    assert (across.questions, across.abstained) == (1, Share(1, 1))
    assert figures("none", []).answer_right.value is None


def test_the_report_as_json_and_as_a_table() -> None:
    one = article()
    asked = [Question("7", "zh-Hant", "哪一年建的？", ("1931",), "建於1931年")]
    bot = Scripted((one,), {"哪一年建的？": answer("1931年[1]", "湖邊的天文臺建於1931年。")}, {})
    result = report(outcomes(bot, asked))
    data = json.loads(json.dumps(result.to_dict()))
    assert data["groups"][0]["evidence_at_5"] == {"share": 0.0, "hits": 0, "of": 1}
    assert data["groups"][0]["abstained"] == {"share": None, "hits": 0, "of": 0}
    assert data["per_question"] == [
        {
            "id": "7",
            "lang": "zh-Hant",
            "text": "哪一年建的？",
            "answers": ["1931"],
            "evidence": "建於1931年",
            "kind": "",
            "article_lang": "zh-Hant",
            "evidence_stands": True,
            "found_at": None,
            "right": True,
            "abstained": False,
            "confidence": 0.5,
            "answer": "1931年[1]",
            "quotes": ["湖邊的天文臺建於1931年。"],
        }
    ]
    assert result.to_markdown().splitlines()[:3] == [
        "|  | questions | evidence @1 | evidence @3 | evidence @5 | answer right | abstained wrongly | quotes true |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| all | 1 | 0.0% (0/1) | 0.0% (0/1) | 0.0% (0/1) | 100.0% (1/1) | 0.0% (0/1) | 100.0% (1/1) |",
    ]


def test_evidence_that_no_article_has_is_told() -> None:
    asked = [
        Question("1", "zh-Hant", "哪一年建的？", ("1931",), "建於1931年"),
        Question("2", "zh-Hant", "誰設計的？", ("林",), "林先生設計"),
    ]
    said = answer("1931年[1]", "湖邊的天文臺建於1931年。")
    bot = Scripted((article(),), {one.text: said for one in asked}, {})
    table = report(outcomes(bot, asked)).to_markdown()
    assert table.endswith("\n\nEvidence that stands in no article, counted as not found: 50.0% (1/2).")
    assert "no article" not in report(outcomes(bot, asked[:1])).to_markdown()


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    def write(text: str) -> Path:
        path = tmp_path / "questions.jsonl"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_questions_on_the_users_article(written: Callable[[str], Path]) -> None:
    path = written(
        '\ufeff{"id": "a", "lang": "zh-Hant", "question": "何時？", "answers": ["1931"], "evidence": "建於1931年"}\n\n'
        '{"question": "When was it built?"}\n'
        '{"question": "何时？", "answers": [], "evidence": null, "kind": "near", "unknown": 1}'
    )
    (only,) = read_questions(path)
    assert (only.name, only.text) == ("questions.jsonl", None)
    assert only.questions == (
        Question("a", "zh-Hant", "何時？", ("1931",), "建於1931年"),
        Question("3", "en", "When was it built?"),
        Question("4", "zh-Hans", "何时？", kind="near"),
    )
    assert [one.answerable for one in only.questions] == [True, False, False]


def test_articles_with_their_questions(written: Callable[[str], Path]) -> None:
    row = {
        "id": "a1",
        "lang": "zh-Hant",
        "title": "天文臺",
        "text": TEXT,
        "questions": [{"lang": "en", "question": "When?", "answers": ["1931"], "evidence": "1931年"}],
        "unanswerable": [{"lang": "zh-Hans", "question": "谁设计的？", "kind": "near"}],
    }
    (only,) = read_questions(written(json.dumps(row, ensure_ascii=False)))
    assert (only.name, only.title, only.text) == ("a1", "天文臺", TEXT)
    assert only.questions == (
        Question("a1-q1", "en", "When?", ("1931",), "1931年", article_lang="zh-Hant"),
        Question("a1-u1", "zh-Hans", "谁设计的？", kind="near", article_lang="zh-Hant"),
    )
    assert [one.same_language for one in only.questions] == [False, True]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "line 2: Expecting"),
        ("[1]", "line 2: not a JSON object"),
        ('{"answers": ["x"]}', 'line 2: there is no "question"'),
        ('{"question": 5}', 'line 2: "question" must be a string, not 5'),
        ('{"question": "何時？", "answers": "1931"}', 'line 2: "answers" must be a list'),
        ('{"question": "何時？", "answers": [1931]}', 'line 2: "answers" must be a list of strings'),
        ('{"question": "何時？", "evidence": ["x"]}', 'line 2: "evidence" must be a string'),
        ('{"text": "x", "questions": {}}', 'line 2: "questions" must be a list'),
        ('{"text": "x", "questions": [1]}', 'line 2: "questions" must be a list of objects'),
        ('{"text": "x", "unanswerable": [{}]}', 'line 2: there is no "question"'),
    ],
)
def test_a_bad_line_is_named(written: Callable[[str], Path], line: str, why: str) -> None:
    path = written('{"question": "何時？"}\n' + line)
    with pytest.raises(ReadError) as error:
        read_questions(path)
    assert str(error.value).startswith(f"{path}, {why}")


def test_a_file_without_questions_is_an_error(written: Callable[[str], Path], tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="there is no question in this file"):
        read_questions(written('\n{"text": "an article"}\n'))
    with pytest.raises(ReadError, match=r"nothing\.jsonl: the question file can't be read"):
        read_questions(tmp_path / "nothing.jsonl")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ReadError, match="binary: the question file is not UTF-8 text"):
        read_questions(tmp_path / "binary")


@pytest.mark.skipif(not (SHARED / "gold").is_dir(), reason="needs the gold questions in ../shared/gold")
def test_the_gold_files_are_read_whole() -> None:
    (one,) = read_questions(SHARED / "gold" / "article_dev.jsonl")
    assert all(question.evidence for question in one.questions if question.answers)
    many = read_questions(SHARED / "gold" / "articles_dev.jsonl")
    assert len(many) == 20
    assert {sum(question.answerable for question in each.questions) for each in many} == {8}
    assert {tuple(q.kind for q in each.questions if not q.answerable).count("far") for each in many} <= set(
        range(7)
    )
    # Every piece of evidence stands in its article, compared as evaluation compares it.
    missing = [
        q.id
        for each in many
        for q in each.questions
        if q.answerable and not contains(each.text or "", q.evidence)
    ]
    assert missing == []
