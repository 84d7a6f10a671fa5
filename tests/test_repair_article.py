"""The repair of the real article, which is kept beside the repository, not in it."""

import os
import re
from itertools import pairwise
from pathlib import Path

import pytest

from index.article import Article
from index.read import read_article

SHARED = Path(os.environ.get("WENDA_SHARED") or Path(__file__).parents[1].parent / "shared")
SOURCE = SHARED / "article" / "cica-2014.txt"

pytestmark = pytest.mark.skipif(
    not SOURCE.exists(), reason=f"needs {SOURCE}; set WENDA_SHARED to the folder that holds it"
)

HEADINGS = [
    "今年亞信會議備受關注",
    "習近平倡議亞洲新安全觀",
    "美國加速中俄走向戰略結盟",
    "台灣亟須思考因應戰略",
]


@pytest.fixture(scope="module")
def article() -> Article:
    return read_article(SOURCE)


@pytest.fixture(scope="module")
def source() -> list[str]:
    return SOURCE.read_text(encoding="utf-8").split("\n")


def parts(article: Article, kind: str) -> list[str]:
    return [article.text[block.start : block.end] for block in article.blocks if block.kind == kind]


def test_title_and_author_are_found_in_mid_text_and_come_first(article: Article) -> None:
    assert article.title == "亞信會議與東亞新冷戰：臺灣因應戰略"
    assert article.author == "吳東野"
    assert article.text.startswith(f"{article.title}\n\n{article.author}\n\n2014年5月20和21日")
    assert parts(article, "title") == [article.title]
    assert parts(article, "author") == [article.author]


def test_headings_stand_apart(article: Article) -> None:
    assert parts(article, "heading") == HEADINGS
    assert article.text.split("\n\n").count(HEADINGS[0]) == 1


def test_blocks_are_title_author_body_footnotes(article: Article) -> None:
    kinds = [block.kind for block in article.blocks]
    assert kinds[:2] == ["title", "author"]
    assert kinds[-3:] == ["footnote"] * 3
    assert set(kinds[2:-3]) == {"heading", "paragraph"}
    assert kinds.count("paragraph") == 26


def test_blocks_are_separated_by_a_blank_line_and_hold_no_line_ends(article: Article) -> None:
    assert article.text == "\n\n".join(article.text[block.start : block.end] for block in article.blocks)
    assert all("\n" not in article.text[block.start : block.end] for block in article.blocks)


def test_every_paragraph_ends_with_a_sentence(article: Article) -> None:
    assert [text for text in parts(article, "paragraph") if text[-1] not in "。？"] == []


@pytest.mark.parametrize(
    "words",
    [
        "Air Defense Identification Zone",
        "（Vladimir Putin）",
        "and Confidence-Build",
        "（Shanghai Cooperation",
        "United States and Japan）",
        "（Sea of Okhotsk）",
        "（Rebalance to Asia）戰略",
        "（Barack Obama）",
        "總值4,560億美元",
        "「鬥而不破」",
        "第47屆聯合國大會",
        "10個國際組織等代表出席。\n\n亞信會議宗旨",
        "未來2年中國大陸",
    ],
)
def test_lines_are_joined(article: Article, words: str) -> None:
    assert words in article.text


def test_the_sentence_that_footnotes_and_title_cut_is_whole(article: Article) -> None:
    whole = "、".join(["涵蓋地區包括東亞", "南亞", "西亞", "中亞", "中東", "俄羅斯與埃及（北非）"])
    assert f"26個成員國及11個觀察員，{whole}，在中國大陸" in article.text


def test_running_head_and_foot_are_gone(article: Article) -> None:
    assert not re.search(r"Journal of Strategic|戰略安全研析|一○三年|│|21中華民國", article.text)


def test_no_space_stands_beside_han_and_none_is_missing_between_words(article: Article) -> None:
    assert not re.search(r"[\u3400-\u9fff，。、「」（）] | [\u3400-\u9fff，。、「」（）]", article.text)
    assert "South Africa" in article.text


def test_footnotes_are_tied_to_their_marks(article: Article) -> None:
    text = article.text
    assert [note.mark for note in article.footnotes] == ["＊", "1", "2"]
    begins = [text[note.start : note.start + 6] for note in article.footnotes]
    assert begins == ["作者現任國立", "出席峰會的國", "亞信會議原為"]
    ends = [text[note.end - 4 : note.end] for note in article.footnotes]
    assert ends == ["所研究員", "克總理。", "A））。"]
    before = [text[note.anchor - 4 : note.anchor] if note.anchor else "" for note in article.footnotes]
    assert before == ["\n吳東野", "表出席。", "觀察員，"]
    assert "2涵蓋" not in text
    assert "出席。1" not in text
    assert parts(article, "footnote") == [text[note.start : note.end] for note in article.footnotes]


def test_every_footnote_is_a_passage_of_its_own(article: Article) -> None:
    notes = [passage for passage in article.passages if passage.kind == "footnote"]
    assert [(passage.start, passage.end) for passage in notes] == [
        (n.start, n.end) for n in article.footnotes
    ]


def test_every_character_stands_in_the_line_it_is_traced_to(article: Article, source: list[str]) -> None:
    ends = [*article.source_map.starts[1:], len(article.text)]
    for start, end, place in zip(article.source_map.starts, ends, article.source_map.places, strict=True):
        rest = iter(source[place.line - 1])
        run = re.sub(r"\s", "", article.text[start:end])
        assert all(character in rest for character in run), (place, run)  # in the same order


def test_nothing_of_the_source_is_lost_but_marks_heads_and_spaces(
    article: Article, source: list[str]
) -> None:
    kept = "".join(line for line in source if not line.startswith(("Journal of", "21中華民國")))
    counts = {c: kept.count(c) - article.text.count(c) for c in set(kept) if not c.isspace()}
    # One mark and one number before each footnote, and the hyphens of two divided words.
    assert {c: n for c, n in counts.items() if n} == {"＊": 1, "✽": 1, "1": 2, "2": 2, "-": 2}


def test_the_map_is_strictly_increasing_from_zero(article: Article) -> None:
    assert article.source_map.starts[0] == 0
    assert all(a < b for a, b in pairwise(article.source_map.starts))
    assert article.place(0).line == 32
    assert article.place(article.text.index(HEADINGS[2])).line == 231
    assert article.place(article.text.index("中亞、中東")).line == 36
