"""The repair, rule by rule, and on generated documents."""

import re
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.documents import LANGUAGES, clean, whole
from benchmarks.pages import Damage, damaged, draw
from benchmarks.repair import damaged_trials, whole_trials
from index.read import article_from_text
from index.repair import Repaired, repair
from index.repair.lines import split_lines
from index.repair.measure import page_of


def kinds(found: Repaired) -> list[tuple[str, str]]:
    return [(block.kind, found.text[block.start : block.end]) for block in found.blocks]


PROSE = """河水從山上流下來，帶著細沙和落葉，一路經過
梯田、竹林與老橋，最後在港口的外面慢慢地散
開。漁夫說，這條河每年都會改道一次。

到了冬天，水位下降，河床上露出許多圓石頭，
孩子們就在石頭上畫畫。"""


def test_wrapped_chinese_is_joined_without_spaces() -> None:
    found = repair(PROSE)
    assert [text for _, text in kinds(found)] == [block.replace("\n", "") for block in PROSE.split("\n\n")]


def test_blank_lines_between_wrapped_lines_end_no_paragraph() -> None:
    scattered = (
        PROSE.replace("經過\n", "經過\n\n").replace("散\n", "散\n\n").replace("石頭，\n", "石頭，\n\n")
    )
    assert repair(scattered).text == repair(PROSE).text


def test_wrapped_english_is_joined_with_spaces_and_hyphenation_undone() -> None:
    text = (
        "The harbour master kept a well-known book in which he recorded the high-\n"
        "water mark of every spring tide, the names of the ships and the informa-\n"
        "tion that their captains gave him, in the manner of the old Asia-\n"
        "Pacific lines; of the pages that he wrote in those years only the pre-\n"
        "and post-war volumes survive.\n"
    )
    assert repair(text).text == (
        "The harbour master kept a well-known book in which he recorded the high-water mark of every spring tide, "
        "the names of the ships and the information that their captains gave him, in the manner of the old "
        "Asia-Pacific lines; of the pages that he wrote in those years only the pre- and post-war volumes survive."
    )


def test_running_heads_and_page_numbers_are_taken_out_of_the_sentence() -> None:
    lines = PROSE.replace("\n\n", "\n").split("\n")
    text = "\n".join(
        [
            *lines[:1],
            "",
            "山海季刊　第12期",
            "",
            "- 7 -",
            "",
            *lines[1:4],
            "",
            "山海季刊　第12期",
            "",
            "- 8 -",
            "",
            lines[4],
        ]
    )
    assert re.sub(r"\s", "", repair(text).text) == re.sub(r"\s", "", PROSE)


def test_a_footnote_is_taken_out_and_tied_to_its_mark() -> None:
    text = PROSE.replace("落葉，一路", "落葉，1一路").replace(
        "慢慢地散\n", "慢慢地散\n\n1 據水文站三十年來的紀錄。\n\n"
    )
    found = repair(text)
    assert (
        found.text
        == PROSE.replace("散\n開", "散開").replace("過\n梯", "過梯").replace("，\n孩", "，孩")
        + "\n\n據水文站三十年來的紀錄。"
    )
    (note,) = found.footnotes
    assert (note.mark, found.text[note.start : note.end]) == ("1", "據水文站三十年來的紀錄。")
    assert note.anchor is not None
    assert found.text[: note.anchor].endswith("細沙和落葉，")


@pytest.mark.parametrize(
    ("mark", "lead"), [("[1]", "[1] "), ("①", "① "), ("¹", "¹ "), ("〔註1〕", "註1："), ("＊", "＊ ")]
)
def test_marks_of_other_kinds(mark: str, lead: str) -> None:
    text = PROSE.replace("落葉，一路", f"落葉{mark}，一路").replace(
        "慢慢地散\n", f"慢慢地散\n\n{lead}據水文站的紀錄。\n\n"
    )
    found = repair(text)
    assert "細沙和落葉，一路經過梯田" in found.text
    assert [found.text[note.start : note.end] for note in found.footnotes] == ["據水文站的紀錄。"]


def test_a_number_that_counts_is_no_mark() -> None:
    text = PROSE.replace("許多圓石頭，", "許多石頭，2個").replace(
        "慢慢地散\n", "慢慢地散\n\n2 據水文站的紀錄。\n\n"
    )
    assert "許多石頭，2個孩子們" in repair(text).text


def test_title_and_author_inside_the_text_are_moved_to_the_front() -> None:
    lines = PROSE.split("\n")
    text = "\n".join(
        [
            *lines[:2],
            "",
            "老橋與河：",
            "一條水路的故事",
            "",
            "李曉明＊",
            *lines[2:],
            "",
            "＊ 作者為水文站的研究員。",
        ]
    )
    found = repair(text)
    assert (found.title, found.author) == ("老橋與河：一條水路的故事", "李曉明")
    assert kinds(found)[:2] == [("title", found.title), ("author", found.author)]
    assert "慢慢地散開。" in found.text
    assert [(note.mark, note.anchor) for note in found.footnotes] == [("＊", found.text.index("李曉明") + 3)]


def test_scattered_spaces_go_and_a_writers_own_spaces_stay() -> None:
    scattered = (
        "這座橋建於 1902年，全長 300公尺，由兩位工程\n師（Anna Quillon）設計，後來在 1951年重修過一次。"
    )
    assert (
        repair(scattered).text
        == "這座橋建於1902年，全長300公尺，由兩位工程師（Anna Quillon）設計，後來在1951年重修過一次。"
    )
    own = "這座橋建於 1902 年，全長 300 公尺，由兩位\n工程師 Anna Quillon 設計，後來在 1951 年重修。"
    assert repair(own).text == own.replace("\n", "")


def test_lists_in_wrapped_text_keep_their_lines() -> None:
    text = PROSE + "\n\n孩子們撿到的東西有三種，老師都寫在黑板上了：\n- 圓石頭\n- 貝殼\n- 一枚生鏽的銅錢\n"
    assert repair(text).text.endswith("：\n\n- 圓石頭\n- 貝殼\n- 一枚生鏽的銅錢")


@pytest.mark.parametrize(
    "text",
    [
        "一行。",
        "標題\n\n第一段很短。\n\n第二段也是。\n",
        "標題\n第一段在這裡結束。\n第二段在這裡結束。",
        "風過了田埂\n雲還沒有走，\n燕子低低地飛\n像一句沒說完的話\n",
        "山路彎彎雨未停，\n茶煙細細過前庭。\n舊船不問潮來去，\n只載秋聲與晚星。",
        "A lamp, a book,\na door that will not close,\nand snow\n",
        "Shopping\n\n- rice\n- tea\n- a very long item that nobody would ever wrap because it is only a list\n\nDone.",
        "姓名\t年齡\t城市\n小明\t12\t臺南\n小華\t13\t高雄\n",
        "1984\n\n那是寒冷的一天。\n\n鐘敲了十三下。",
        "第一章\n\n1\n\n她推開門。\n\n2\n\n門後沒有人。",
        "親愛的林先生：\n\n您好。\n\n順頌\n時祺\n\n王小明\n2020年1月1日",
        "他說：「好。」\n她說：「好。」\n他又說：「好。」",
        "在 2014 年，我們用 Python 寫了 3 個程式。\n\n都還在用。",
    ],
)
def test_text_that_needs_no_repair_is_unchanged(text: str) -> None:
    assert repair(text).text == text


@pytest.mark.parametrize(
    ("text", "title", "author"),
    [
        ("水的循環\n\n水從海面蒸發，升到高空。", "水的循環", ""),
        ("水從海面蒸發，升到高空。\n\n然後落下。", "", ""),
        ("How Rivers Move\n\nBy Jane Doe\n\nA river moves.", "How Rivers Move", "Jane Doe"),
        ("水的循環\n文／李四\n水從海面蒸發。", "水的循環", "李四"),
        ("水的循環\n\n作者：王小明\n\n水從海面蒸發。", "水的循環", "王小明"),
        ("水的循環\n\n陳曉明\n\n水從海面蒸發，升到高空。", "水的循環", "陳曉明"),
        ("水的循環\n\n前言\n\n水從海面蒸發，升到高空。", "水的循環", ""),
        (
            "為什麼天是藍的？\n\n因為空氣把藍光散射得比紅光多得多，所以從各個方向來的光看起來都偏藍。",
            "為什麼天是藍的？",
            "",
        ),
        ("作者認為水很重要。\n\n讀者也是。", "", ""),
    ],
)
def test_title_and_author_of_whole_text(text: str, title: str, author: str) -> None:
    found = repair(text)
    assert (found.title, found.author, found.text) == (title, author, text)


def test_poems_lists_and_tables_are_one_block_each() -> None:
    text = "小記\n\n風過了田埂\n雲還沒有走，\n燕子低低地飛\n\n- 米\n- 茶\n\n年\t水位\n1901\t2.5\n"
    assert [kind for kind, _ in kinds(repair(text))] == ["title", "verse", "list", "table"]


def test_pages_are_counted_by_form_feeds() -> None:
    found = repair(PROSE.replace("散\n開", "散\f開"))
    assert "散開" in found.text
    places = [found.source_map.at(found.text.index(word)) for word in ("河水", "開。漁夫")]
    assert [(place.line, place.page) for place in places] == [(1, 1), (2, 2)]


def test_poems_are_not_taken_for_wrapped_text() -> None:
    lines = split_lines(
        "The mill has lost its wheel of oak,\nthe stream has lost its sound,\nand still the smoke\ngoes up\n"
    )
    assert page_of(lines) is None


@pytest.mark.parametrize(
    "text", ["", " \n\n ", "\f", "\n", "1", "＊", "- ", "「", "\u00ad", "a-\nb", "-\n-\n-", "。\n。"]
)
def test_strange_texts_do_no_harm(text: str) -> None:
    assert isinstance(repair(text), Repaired)


# --- generated documents ---------------------------------------------------------------------------


def test_most_damaged_documents_come_back_exactly() -> None:
    trials = list(damaged_trials(120, seed=7))
    assert sum(trial.exact for trial in trials) >= 114


def test_all_whole_texts_come_back_unchanged() -> None:
    assert [trial for trial in whole_trials(200, seed=7) if not trial.exact] == []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 10**9), width=st.integers(38, 90), hyphenate=st.booleans(), blank_lines=st.booleans()
)
def test_wrapping_at_any_width_is_undone(
    seed: int, width: int, *, hyphenate: bool, blank_lines: bool
) -> None:
    rng = Random(seed)
    document = clean(rng, LANGUAGES[seed % 4])
    damage = Damage(width, False, True, hyphenate, "paragraphs", "", False, 0, "", "")
    text = damaged(rng, document, damage)
    if blank_lines:  # white space that no reader sees
        text = text.replace("\n", "  \n") + "\n\n\n"
    joined = repair(text).text
    assert re.sub(r"\n+", "\n", joined.strip()) == re.sub(r"\n+", "\n", document.text)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**9))
def test_repaired_text_needs_no_repair(seed: int) -> None:
    rng = Random(seed)
    document = clean(rng, LANGUAGES[seed % 4])
    once = repair(damaged(rng, document, draw(rng, LANGUAGES[seed % 4], document))).text
    assert repair(once).text == once


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10**9), markdown=st.booleans())
def test_spans_are_in_order_and_inside_the_text(seed: int, *, markdown: bool) -> None:
    text = whole(Random(seed), markdown=markdown)
    article = article_from_text(text, source="whole", markdown=markdown)
    assert all(0 <= block.start < block.end <= len(text) for block in article.blocks)
    assert all(a.end <= b.start for a, b in pairwise(article.blocks))
    assert all(
        text[block.start : block.end].strip() == text[block.start : block.end] or block.kind == "code"
        for block in article.blocks
    )


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("水火「」，。\n\n -ab1 *＊|\t\f（1"), max_size=200))
def test_any_text_keeps_its_characters(text: str) -> None:
    found = repair(text)
    assert all(0 <= block.start < block.end <= len(found.text) for block in found.blocks)
    assert all(a.end <= b.start for a, b in pairwise(found.blocks))
    assert all(a < b for a, b in pairwise(found.source_map.starts))
    lines = re.split(r"[\n\f]", text)
    for note in found.footnotes:
        assert found.text[note.start : note.end].strip()
    source = re.split("\n", text.replace("\f", ""))
    for offset, character in enumerate(found.text):
        if not character.isspace():
            line = found.source_map.at(offset).line
            assert character in source[line - 1], (offset, character, lines)


def test_many_lines_without_a_blank_one_are_read_once_each() -> None:
    # A log or a chat: were each line to look at all that follow, this would take half an hour.
    text = "\n".join(f"{number}分，值班員記下水位，沒有異狀。" for number in range(15_000))
    found = repair(text)
    assert found.text.split() == text.split()
