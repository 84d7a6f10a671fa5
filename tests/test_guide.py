"""The bundled guide: its two languages say the same, it answers the questions, and it copies nothing."""

from __future__ import annotations

import os
import re
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from index import Index
from qa.gold import Question, read_questions
from qa.guide import ENCODED, GUIDE, guide_articles, guide_index
from qa.marking import says

SHARED = Path(os.environ.get("WENDA_SHARED", Path(__file__).parents[1].parent / "shared"))
ARTICLE = SHARED / "article" / "cica-2014.txt"
QUESTIONS = SHARED / "gold" / "article_dev.jsonl"
LANGUAGES = ("zh-Hant", "en")
LONGEST_RUN = 21


def guide(language: str) -> str:
    return (files("qa.guide") / f"guide.{language}.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[tuple[int, str]]:
    """(heading level, 0 for a paragraph; text) of each block."""
    pieces = [re.fullmatch(r"(#*) ?(.+)", block) for block in guide(language).strip().split("\n\n")]
    assert all(pieces), "a block runs over several lines"
    return [(len(piece[1]), piece[2]) for piece in pieces if piece]


def joined(text: str) -> str:
    return "".join(text.split())


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    if not QUESTIONS.is_file():
        pytest.skip(f"no {QUESTIONS.name}: set WENDA_SHARED to the folder that has gold/ and article/")
    return [one for group in read_questions(QUESTIONS) for one in group.questions if one.answerable]


def test_the_two_languages_have_the_same_headings_and_paragraphs() -> None:
    chinese, english = (blocks(language) for language in LANGUAGES)
    assert [level for level, _ in chinese] == [level for level, _ in english]
    assert [level for level, _ in chinese][:2] == [1, 0]
    assert {level for level, _ in chinese} == {0, 1, 2}
    assert len(chinese) > 80


def test_aligned_paragraphs_have_as_many_sentences() -> None:
    for (level, chinese), (_, english) in zip(*map(blocks, LANGUAGES), strict=True):
        assert level or chinese.count("。") == len(re.findall(r"\.(?= |$)", english)), chinese


def test_aligned_paragraphs_name_the_same_years() -> None:
    for (_, chinese), (_, english) in zip(*map(blocks, LANGUAGES), strict=True):
        years = [set(re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", text)) for text in (chinese, english)]
        assert years[0] == years[1], chinese


def test_every_chinese_term_in_the_english_guide_stands_in_the_chinese_one() -> None:
    chinese = guide("zh-Hant")
    terms = re.findall(r"[0-9,]*[\u4e00-\u9fff][\u4e00-\u9fff、，：0-9]*", guide("en"))
    assert len(terms) > 80
    assert [term for term in terms if term not in chinese] == []


def test_the_author_and_the_journal_are_credited_before_anything_else() -> None:
    credit = {language: blocks(language)[1][1] for language in LANGUAGES}
    for language, pieces in {
        "zh-Hant": [
            "吳東野",
            "〈亞信會議與東亞新冷戰：臺灣因應戰略〉",
            "《戰略安全研析》第110期",
            "2014年6月",
        ],
        "en": ["吳東野", "亞信會議與東亞新冷戰：臺灣因應戰略", "《戰略安全研析》", "issue 110", "June 2014"],
    }.items():
        assert [piece for piece in pieces if piece not in credit[language]] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_guide_is_plain_markdown(language: str) -> None:
    assert re.findall(r"</?[a-zA-Z!][^>]*>|&#?\w+;|!?\[[^\]]*\]\(|[*_`]", guide(language)) == []
    assert re.findall(r"[ \t]+$|\r|\n{3,}", guide(language), flags=re.MULTILINE) == []


def test_chinese_punctuation_is_full_width() -> None:
    assert re.findall(r"[\u4e00-\u9fff][,;:?!().]", guide("zh-Hant")) == []


def test_the_answer_to_every_question_stands_in_the_guide_in_its_language(questions: list[Question]) -> None:
    texts = {"zh": guide("zh-Hant"), "en": guide("en")}
    missing = [
        one.id
        for one in questions
        if not any(says(texts[one.lang.split("-", maxsplit=1)[0]], answer) for answer in one.answers)
    ]
    assert missing == []


def test_an_english_answer_needs_no_chinese(questions: list[Question]) -> None:
    english = re.sub(r"[\u4e00-\u9fff]", "", guide("en"))
    asked = [one for one in questions if one.lang == "en"]
    assert len(asked) > 10
    assert [one.id for one in asked if not any(says(english, answer) for answer in one.answers)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_the_article_is_copied(language: str) -> None:
    if not ARTICLE.is_file():
        pytest.skip(f"no {ARTICLE.name}: set WENDA_SHARED to the folder that has gold/ and article/")
    article, own, size = joined(ARTICLE.read_text(encoding="utf-8")), joined(guide(language)), LONGEST_RUN + 1
    theirs = {article[start : start + size] for start in range(len(article) - size + 1)}
    shared = [own[start : start + size] for start in range(len(own) - size + 1)]
    assert [run for run in shared if run in theirs] == []


@pytest.mark.slow
def test_its_index_is_the_one_that_the_model_makes():
    stored, fresh = guide_index(), Index.build(guide_articles())
    assert list(stored.articles) == list(fresh.articles)
    assert list(Index.load(ENCODED).articles) == list(fresh.articles), "make it again: python -m qa.guide"
    assert stored.encoder.name == fresh.encoder.name
    for question in ("第四屆亞信會議在哪裡舉行？", "Who is the author?"):
        for ours, theirs in zip(stored.scores(question), fresh.scores(question), strict=True):
            np.testing.assert_allclose(ours, theirs, atol=0.01)  # a token is a byte a number


@pytest.mark.slow
def test_an_index_that_does_not_fit_is_made_afresh(tmp_path):
    Index.build(guide_articles()[:1]).save(tmp_path / "other")
    (tmp_path / "broken").mkdir()
    for folder in (tmp_path / "other", tmp_path / "broken", tmp_path / "none"):
        assert [article.source for article in guide_index(encoded=folder).articles] == list(GUIDE)
