"""Written answers with planted errors: on the benchmark's own statements, and on articles that no threshold was set by."""

from __future__ import annotations

import pytest

from benchmarks.claims import Claim
from benchmarks.verification import Case, caught, correct, passes, planted
from index.read import article_from_text
from index.split import sentences
from qa.chatbot import Chatbot
from qa.verify import Verifier
from qa.written import Mark, Statement
from tests.test_answering import BRIDGE, LIGHTHOUSE

# The names come last and first: the articles are short, and every passage of theirs is given.
HELD_OUT = tuple(
    Claim(text, quote, number, name)
    for text, quote, number, name in (
        ("The lighthouse first shone on 4 October 1868.", "was lit for the first time on 4 October 1868", ("1868", "1886"), ("lighthouse", "Morston Abbey")),
        ("Thomas Ellery's tower is 31 metres high.", "was designed by the engineer Thomas Ellery and stands 31 metres tall", ("31", "41"), ("Thomas Ellery", "Isambard Brunel")),
        ("Ships saw the light from 19 nautical miles away.", "Its light could be seen for 19 nautical miles", ("19", "29"), ("Ships", "Sailors of Reykjavik")),
        ("Margaret Dunn was the last keeper and left in 1984.", "Margaret Dunn, the last keeper, left in 1984", ("1984", "1974"), ("Margaret Dunn", "Grace Darling")),
        ("About 4,000 people walk to the point each summer.", "About 4,000 people walk to the point every summer", ("4,000", "9,000"), ("the point", "Cape Wrath")),
        ("青石橋在1931年建成，橫跨月溪。", "青石橋建於1931年，橫跨月溪", ("1931", "1951"), ("青石橋", "總統馬克宏")),
        ("橋長四十二公尺。", "長四十二公尺", ("四十二", "六十二"), ("橋長", "根據《橋樑年鑑》，橋長")),
        ("2019年颱風沖毀了第三個橋墩。", "2019年的颱風沖毀了第三個橋墩", ("2019", "2009"), ("颱風", "颱風在冰島")),
        ("縣政府於2021年3月撥款一千二百萬元。", "縣政府在2021年3月撥款一千二百萬元重修青石橋", ("一千二百萬", "一千五百萬"), ("縣政府", "總理梅克爾")),
        ("重修歷時十四個月，2022年5月完工。", "歷時十四個月，於2022年5月完工", ("2022", "2023"), ("重修", "《亞洲橋報》說重修")),
    )
)  # fmt: skip


@pytest.fixture(scope="module")
def others() -> Chatbot:
    articles = [
        article_from_text(BRIDGE, source="bridge.txt"),
        article_from_text(LIGHTHOUSE, source="lighthouse.md", markdown=True),
    ]
    return Chatbot.from_articles(articles, llm="")


def failing(bot: Chatbot, cases: list[Case], good: object) -> list[tuple[str, str]]:
    assert callable(good)
    return [(case.kind, case.raw) for case in cases if not good(bot, case)]


@pytest.mark.slow
def test_of_200_planted_errors_at_least_198_are_caught(bot: Chatbot) -> None:
    cases = list(planted(bot))
    assert len(cases) == 200
    assert len(failing(bot, cases, caught)) <= 2


@pytest.mark.slow
def test_of_200_correct_statements_at_least_198_pass(bot: Chatbot) -> None:
    cases = list(correct(bot))
    assert len(cases) == 200
    assert len(failing(bot, cases, passes)) <= 2


def test_other_articles_planted(others: Chatbot) -> None:
    assert failing(others, list(planted(others, HELD_OUT)), caught) == []


def test_other_articles_correct(others: Chatbot) -> None:
    assert failing(others, list(correct(others, HELD_OUT)), passes) == []


def sentences_of(bot: Chatbot, source: str) -> list[list[str]]:
    """The sentences of each paragraph of an article."""
    article = next(one for one in bot.articles if one.source == source)
    paragraphs = [block for block in article.blocks if block.kind == "paragraph"]
    return [[article.text[a:b] for a, b in sentences(article, p.start, p.end)] for p in paragraphs]


def supported(bot: Chatbot, statement: str, quote: str) -> bool:
    articles = {article.source: article for article in bot.articles}
    passages = next(a.passages for a in bot.articles if quote in a.text)
    home = next(i for i, p in enumerate(passages) if quote in p.text)
    given = passages[max(0, home - 3) : home + 4]  # about as many as a model is given
    verifier = Verifier(given, articles, bot.index.encoder)
    return verifier.check(Statement("", statement, (Mark(given.index(passages[home]) + 1, quote),))).supported


@pytest.mark.parametrize("source", ["guide.zh-Hant.md", "guide.en.md"])
def test_what_the_text_says_itself_is_borne_out(bot: Chatbot, source: str) -> None:
    every = [sentence for paragraph in sentences_of(bot, source) for sentence in paragraph]
    assert len(every) > 190
    assert [one for one in every if not supported(bot, one, one)] == []


@pytest.mark.parametrize(
    ("of", "by", "least"),
    [("guide.en.md", "guide.zh-Hant.md", 0.9), ("guide.zh-Hant.md", "guide.en.md", 0.95)],
)
def test_most_of_what_a_translation_says_is_borne_out(bot: Chatbot, of: str, by: str, least: float) -> None:
    """The guide comes in two languages, paragraph by paragraph."""
    pairs = [
        pair
        for one, other in zip(sentences_of(bot, of), sentences_of(bot, by), strict=True)
        if len(one) == len(other)
        for pair in zip(one, other, strict=True)
    ]
    assert len(pairs) > 150
    assert sum(supported(bot, *pair) for pair in pairs) >= least * len(pairs)
