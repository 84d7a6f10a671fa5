"""The figures that the project stands by, on the development questions: none may slip back unseen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from index.read import article_from_text
from qa.chatbot import Chatbot
from qa.evaluate import Outcome, outcomes
from qa.gold import read_questions

SHARED = Path(os.environ.get("WENDA_SHARED", Path(__file__).parents[1].parent / "shared"))
GOLD = SHARED / "gold"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not GOLD.is_dir(), reason=f"no {GOLD}: set WENDA_SHARED to the folder that has gold/"),
]


def share(marked: list[Outcome], condition) -> float:
    return sum(map(condition, marked)) / len(marked)


@pytest.fixture(scope="module")
def long_article():
    [questions] = read_questions(GOLD / "article_dev.jsonl")
    bot = Chatbot.from_files([SHARED / "article" / "cica-2014.txt"])
    return list(outcomes(bot, questions.questions))


@pytest.fixture(scope="module")
def short_articles():
    found = []
    for one in read_questions(GOLD / "articles_dev.jsonl"):
        article = article_from_text(f"{one.title}\n\n{one.text}", source=one.name)
        found += outcomes(Chatbot.from_articles([article]), one.questions)
    return found


@pytest.mark.parametrize(("chinese", "found", "right"), [(True, 0.97, 0.85), (False, 0.90, 0.70)])
def test_the_long_article(long_article, chinese, found, right):
    asked = [o for o in long_article if o.question.answerable and o.question.lang.startswith("zh") == chinese]
    assert share(asked, lambda o: o.found_at is not None) >= found
    assert share(asked, lambda o: o.right) >= right
    assert share(asked, lambda o: o.answer.abstained) <= 0.08


def test_the_long_article_does_not_say(long_article):
    silent = [o for o in long_article if not o.question.answerable]
    assert share(silent, lambda o: o.answer.abstained) >= 0.8  # 5 questions: one may slip through


@pytest.mark.parametrize("chinese", [True, False])
def test_the_bundled_article(chinese):
    [questions] = read_questions(GOLD / "article_dev.jsonl")
    asked = [q for q in questions.questions if q.answerable and q.lang.startswith("zh") == chinese]
    marked = list(outcomes(Chatbot.default(), asked))
    assert share(marked, lambda o: o.right) >= 0.85
    language = "zh-Hant" if chinese else "en"
    named = {f"guide.{language}.md"}
    assert all({c.source for c in o.answer.citations} <= named for o in marked)


@pytest.mark.parametrize(("same", "right"), [(True, 0.9), (False, 0.88)])
def test_short_articles(short_articles, same, right):
    asked = [o for o in short_articles if o.question.answerable and o.question.same_language == same]
    assert share(asked, lambda o: o.right) >= right
    assert share(asked, lambda o: o.answer.abstained) <= 0.08


@pytest.mark.parametrize(("kind", "silent"), [("far", 0.95), ("near", 0.5)])
def test_short_articles_do_not_say(short_articles, kind, silent):
    asked = [o for o in short_articles if o.question.kind == kind]
    assert share(asked, lambda o: o.answer.abstained) >= silent


def test_every_quote_stands_in_its_article(long_article, short_articles):
    for outcome in [*long_article, *short_articles]:
        assert outcome.true_quotes == len(outcome.answer.citations)
