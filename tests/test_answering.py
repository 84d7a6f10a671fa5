"""From a question to an answer, on articles of our own writing: what is quoted, and when nothing is."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import QuestionError, ReadError
from index.read import article_from_text
from qa.chatbot import MAX_QUESTION, Chatbot

BRIDGE = """青石橋重修記

文／陳映如

青石橋建於1931年，橫跨月溪，長四十二公尺。橋身由石匠羅阿土設計，全部以附近山區的砂岩砌成。2019年的颱風沖毀了第三個橋墩，縣政府因此封閉了橋面。

重修的經過

縣政府在2021年3月撥款一千二百萬元重修青石橋。由於原來的採石場已經關閉，工程隊改用花蓮運來的石材。重修工程由工程師林可欣主持，歷時十四個月，於2022年5月完工。

居民的期待

村長高明遠認為，青石橋應該只供行人與單車通行。他建議縣政府在橋頭設立小型展覽館，介紹造橋的歷史。
"""

LIGHTHOUSE = """# The Lighthouse at Corran Point

The lighthouse at Corran Point was lit for the first time on 4 October 1868. It was designed by the engineer Thomas Ellery and stands 31 metres tall. Its light could be seen for 19 nautical miles.

## The keepers

Three keepers and their families lived at the station. Margaret Dunn, the last keeper, left in 1984 because the lamp had been made automatic. She later wrote that the winters had been the loneliest months of her life.

## Today

The tower should be opened to visitors, the local history society argues, since it needs money for repairs. About 4,000 people walk to the point every summer.
"""


@pytest.fixture(scope="module")
def bridge():
    return Chatbot.from_articles([article_from_text(BRIDGE, source="bridge.txt")])


@pytest.fixture(scope="module")
def lighthouse():
    return Chatbot.from_articles([article_from_text(LIGHTHOUSE, source="lighthouse.md", markdown=True)])


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("青石橋是哪一年建成的？", "青石橋建於1931年"),
        ("青石桥是谁设计的？", "石匠羅阿土設計"),
        ("縣政府撥款多少錢重修？", "一千二百萬元"),
        ("為什麼要改用花蓮的石材？", "原來的採石場已經關閉"),
        ("How long is the bridge?", "長四十二公尺"),
    ],
)
def test_the_first_quote_answers_a_question_on_a_chinese_article(bridge, question, part):
    answer = bridge.ask(question)
    assert not answer.abstained
    assert part in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("When was the lighthouse first lit?", "4 October 1868"),
        ("How tall is the lighthouse?", "31 metres"),
        ("Why did the last keeper leave?", "the lamp had been made automatic"),
        ("燈塔是誰設計的？", "Thomas Ellery"),
    ],
)
def test_the_first_quote_answers_a_question_on_an_english_article(lighthouse, question, part):
    answer = lighthouse.ask(question)
    assert not answer.abstained
    assert part in answer.citations[0].quote


@pytest.mark.parametrize(
    "question", ["誰獲得2018年世界盃冠軍？", "How do I reset my router?", "鋼琴有幾個琴鍵？"]
)
def test_what_the_article_does_not_say_is_not_answered(bridge, question):
    answer = bridge.ask(question)
    assert answer.abstained
    assert answer.citations == ()
    assert answer.passages  # the nearest are offered


@pytest.mark.parametrize("question", ["颱風沖毀了第五個橋墩嗎？", "Which storm destroyed the fifth pier?"])
def test_an_ordinal_that_the_article_never_mentions_is_not_answered(bridge, question):
    assert bridge.ask(question).abstained
    assert not bridge.ask("哪一年的颱風沖毀了第3個橋墩？").abstained


def test_the_answer_keeps_to_the_script_of_the_question(bridge, lighthouse):
    assert bridge.ask("青石橋有多長？").text.startswith("文中寫道：")
    assert bridge.ask("青石桥有多长？").text.startswith("文中写道：")
    assert bridge.ask("How long is the bridge?").text.startswith("The article is in Chinese")
    assert lighthouse.ask("燈塔有多高？").text.startswith("文章是英文")


@pytest.mark.slow
@given(st.text(min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_whatever_is_asked_every_quote_stands_in_the_article(question):
    bot = _both()
    try:
        answer = bot.ask(question)
    except QuestionError:
        assert not question.strip()
        return
    texts = {article.source: article.text for article in bot.articles}
    for citation in answer.citations:
        assert texts[citation.source][citation.start : citation.end] == citation.quote
    assert json.loads(json.dumps(answer.to_dict()))["abstained"] == answer.abstained


@cache
def _both() -> Chatbot:
    """One chatbot on both articles, made once: hypothesis can't use a module's fixture."""
    articles = [
        article_from_text(BRIDGE, source="bridge.txt"),
        article_from_text(LIGHTHOUSE, source="lighthouse.md", markdown=True),
    ]
    return Chatbot.from_articles(articles)


def test_with_articles_in_both_languages_the_question_s_own_answers_first():
    bot = _both()
    assert bot.ask("青石橋長多少公尺？").citations[0].source == "bridge.txt"
    assert bot.ask("How tall is the lighthouse?").citations[0].source == "lighthouse.md"


def test_a_list_comes_with_the_sentence_that_only_counts_it():
    text = (
        "遊行\n\n參加遊行的隊伍共有三支。它們是青年會、鼓樂隊、龍舟社。遊行在晚上八點結束，街道隨後恢復通車。"
    )
    bot = Chatbot.from_articles([article_from_text(text, source="parade.txt")])
    assert "青年會、鼓樂隊、龍舟社" in bot.ask("有哪些隊伍參加遊行？").citations[0].quote


def test_the_author_and_the_title_are_quoted(bridge, lighthouse):
    assert [c.quote for c in bridge.ask("本文作者是誰？").citations] == ["文／陳映如"]
    assert [c.quote for c in bridge.ask("What is the title?").citations] == ["青石橋重修記"]
    assert [c.quote for c in lighthouse.ask("文章的標題是什麼？").citations] == [
        "The Lighthouse at Corran Point"
    ]


def test_the_sections_are_listed_in_their_order(bridge):
    assert [c.quote for c in bridge.ask("文章有哪些章節？").citations] == ["重修的經過", "居民的期待"]


def test_a_summary_quotes_every_section_in_the_order_of_the_text(bridge):
    answer = bridge.ask("請摘要這篇文章")
    starts = [c.start for c in answer.citations]
    assert starts == sorted(starts)
    headings = [BRIDGE.index("重修的經過"), BRIDGE.index("居民的期待")]
    assert any(start < headings[0] for start in starts)
    assert any(headings[0] < start < headings[1] for start in starts)
    assert any(start > headings[1] for start in starts)


def test_a_summary_shows_the_title_and_each_point_under_its_heading(bridge):
    quotes = [c.quote for c in bridge.ask("這篇文章在說什麼？").citations]
    assert quotes[0] == "青石橋重修記"
    for heading in ("重修的經過", "居民的期待"):
        point = quotes[quotes.index(heading) + 1]
        assert BRIDGE.index(point) > BRIDGE.index(heading)
    assert len(quotes) == 6


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("赫格爾在什麼會議上批評了中國大陸？", "guide.zh-Hant.md"),
        ("In what dialogue did Hagel criticize China?", "guide.en.md"),
    ],
)
def test_what_stands_in_both_languages_is_quoted_in_the_question_s_own(question, source):
    """Though by itself the Chinese sentence would be too unsure."""
    answer = Chatbot.default().ask(question)
    assert {citation.source for citation in answer.citations} == {source}
    assert "赫格爾" in answer.citations[0].quote


def test_about_the_whole_article_too_it_is_said_that_the_languages_differ(bridge, lighthouse):
    assert bridge.ask("Summarise this article").text.startswith("The article is in Chinese. ")
    assert bridge.ask("Which sections are there?").text.startswith("The article is in Chinese. ")
    assert lighthouse.ask("作者的建議是什麼？").text.startswith("文章是英文。")
    assert lighthouse.ask("作者的建议是什么？").text.startswith("文章是英文。")
    assert lighthouse.ask("Summarise this article").text.startswith("These are the main points")


def test_a_plain_fact_is_no_view_of_the_author_s():
    text = "舊書店\n\n書店最初只有六張桌子，後來增加到四十二張。\n\n筆者認為，老書店不能只是拍照的背景。\n"
    bot = Chatbot.from_articles([article_from_text(text, source="books.txt")])
    assert [c.quote for c in bot.ask("作者的觀點是什麼？").citations] == [
        "筆者認為，老書店不能只是拍照的背景。"
    ]


def test_the_author_s_view_is_what_should_be_done(bridge, lighthouse):
    assert "應該只供行人與單車通行" in bridge.ask("作者的建議是什麼？").text
    assert "should be opened to visitors" in lighthouse.ask("What does the author recommend?").text


def test_small_talk_is_answered_without_quotes(bridge):
    for question, part in (
        ("你好", "青石橋重修記"),
        ("Thanks!", "welcome"),
        ("你能做什麼？", "逐字引用原文"),
    ):
        answer = bridge.ask(question)
        assert (answer.abstained, answer.citations) == (False, ())
        assert part in answer.text


@pytest.mark.parametrize("question", ["橋の長さはどれくらいですか", "🙂", "？？？"])
def test_another_language_is_told_which_ones_work(bridge, question):
    answer = bridge.ask(question)
    assert answer.abstained
    assert answer.text == "請用中文或英文提問。"


def test_an_empty_and_an_endless_question_are_clear_errors(bridge):
    with pytest.raises(QuestionError, match="The question is empty"):
        bridge.ask("  \n ")
    with pytest.raises(QuestionError, match=r"100,000 characters.*at most 2,000"):
        bridge.ask("橋" * 100_000)
    with pytest.raises(QuestionError, match="must be text, not int"):
        bridge.ask(3)
    assert bridge.ask("橋" * MAX_QUESTION).question == "橋" * MAX_QUESTION


def test_a_follow_up_in_characters_of_both_scripts_keeps_the_script_of_the_talk(bridge):
    history = [("青石桥有多长？", "…")]
    assert bridge.ask("石匠是什么人", history).language == "zh-Hans"
    assert bridge.ask("月溪在哪", history).language == "zh-Hans"
    assert bridge.ask("月溪在哪").language == "zh-Hant"


def test_a_stream_grows_into_the_answer(bridge):
    question = "青石橋是什麼時候重修完工的？"
    parts = list(bridge.stream(question))
    assert parts[-1] == bridge.ask(question)
    assert all(later.text.startswith(earlier.text) for earlier, later in pairwise(parts))


def test_adding_and_removing_articles(tmp_path, bridge):
    bot = Chatbot.from_articles(bridge.articles)
    file = tmp_path / "lighthouse.md"
    file.write_text(LIGHTHOUSE, encoding="utf-8")
    bot.add(file)
    assert "Thomas Ellery" in bot.ask("Who designed the lighthouse?").text
    with pytest.raises(ReadError, match=r"nowhere\.txt"):
        bot.add(tmp_path / "nowhere.txt")
    assert len(bot.articles) == 2  # a file that can't be read costs nothing
    bot.remove(bot.articles[1].source)
    assert [article.source for article in bot.articles] == ["bridge.txt"]


def test_a_saved_index_answers_alike(tmp_path, bridge):
    bridge.save(tmp_path / "bridge.wenda")
    loaded = Chatbot.load(tmp_path / "bridge.wenda")
    assert loaded.ask("青石橋是誰設計的？") == bridge.ask("青石橋是誰設計的？")


def test_suggestions_can_be_answered(bridge, lighthouse):
    for bot, language in ((bridge, "zh-Hant"), (lighthouse, "en")):
        suggestions = bot.suggestions(language)
        assert 2 <= len(suggestions) <= 4
        for question in suggestions:
            assert not bot.ask(question).abstained, question


def test_advice_for_somebody_is_what_the_article_says_they_should_do(bridge):
    assert "設立小型展覽館" in bridge.ask("縣政府應該怎麼做？").text
    assert bridge.ask("火星人應該怎麼做？").abstained
