"""Suggested questions: made from the article, tried, and near what was just read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.read import article_from_text
from qa.answer import Answer, Language
from qa.chatbot import Chatbot
from qa.suggest import Suggestions, counted, names

FIRST = {
    "zh-Hant": ["這篇文章在說什麼？", "關於「作者與期刊」，文章說了什麼？"],
    "zh-Hans": ["这篇文章在说什么？", "关于“作者与期刊”，文章说了什么？"],
    "en": ["What is this article about?", "What does the article say about “The author and the journal”?"],
}


@pytest.fixture(scope="module")
def suggestions(bot: Chatbot) -> Suggestions:
    return Suggestions.of(bot, seconds=600)


def test_every_suggestion_is_answered(bot: Chatbot, suggestions: Suggestions) -> None:
    assert {s.language for s in suggestions.found} == {"zh-Hant", "zh-Hans", "en"}
    assert {s.kind for s in suggestions.found} == {"whole", "heading", "name", "figure"}
    for one in suggestions.found[::5]:
        answer = bot.ask(one.question)
        assert not answer.abstained, one.question
        assert answer.citations, one.question


@pytest.mark.parametrize("language", FIRST)
def test_first_comes_what_it_is_about_then_a_bit_of_everything(
    suggestions: Suggestions, language: Language
) -> None:
    first = suggestions.first(language, 4)
    assert first[:2] == FIRST[language]
    kinds = {s.question: s.kind for s in suggestions.found if s.language == language}
    assert [kinds[question] for question in first] == ["whole", "heading", "name", "figure"]
    assert len(set(suggestions.first(language, 999))) == len(kinds)


@pytest.mark.parametrize(
    "question", ["第四屆亞信峰會在哪裡舉行？", "第四届亚信峰会在哪里举行？", "Where was CICA first proposed?"]
)
def test_what_follows_is_near_the_quotes_and_new(
    bot: Chatbot, suggestions: Suggestions, question: str
) -> None:
    answer = bot.ask(question)
    next_ = suggestions.after(answer)
    assert len(next_) == 3
    assert suggestions.after(answer, asked=next_[:1])[:2] == next_[1:]
    quoted = {(c.source, c.start) for c in answer.citations}
    for one in suggestions.found:
        if one.question in next_:
            assert one.language == answer.language
            assert quoted.isdisjoint(one.places)


def test_an_abstention_is_followed_by_what_the_article_does_cover(
    bot: Chatbot, suggestions: Suggestions
) -> None:
    answer = bot.ask("How tall is Mount Fuji?")
    assert answer.abstained
    assert all(not bot.ask(question).abstained for question in suggestions.after(answer))
    assert len(suggestions.after(replace(answer, passages=()))) == 3


def test_names_are_those_the_article_gives_in_both_languages() -> None:
    text = "哈薩克斯坦（Kazakhstan）提出。哈薩克斯坦主辦。哈薩克斯坦輪值。茶（Tea）一次。"
    article = article_from_text(text, source="a.txt")
    assert names(article, english=False) == ["哈薩克斯坦"]
    assert names(article, english=True) == []


def test_figures_end_where_the_name_of_what_is_counted_surely_ends() -> None:
    assert counted("有26個成員國和11個觀察員，13個。 12 readers saw 3 lighthouses; 2 countries.") == [
        "成員國",
        "觀察員",
        "readers",
        "lighthouses",
    ]


def test_an_article_that_answers_nothing_suggests_nothing() -> None:
    silent = Answer("x", "en", "", True, 0.0)
    assert Suggestions().first("en") == []
    assert Suggestions().after(silent) == []
