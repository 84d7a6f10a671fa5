"""The reading pane: the article whole, its quotes marked exactly, and the map of its passages."""

from __future__ import annotations

import dataclasses
import re

from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, Block, Footnote, Hit, Passage, Place, SourceMap
from qa.answer import Answer, Citation
from qa.chatbot import Chatbot
from qa.relevance import relevance
from tests.test_render import ANSWER, CITATION, QUOTE, START, TEA, TEXT, Elements
from ui import reader
from ui.reader import Reading
from ui.texts import WORDS

EN = WORDS["en"]
LONG = Article(
    "long.txt",
    "word " * 60_000,
    SourceMap((0,), (Place(1),)),
    tuple(Block("paragraph", i, i + 499) for i in range(0, 300_000, 500)),
)


def marks(html: str) -> list[tuple[str, str]]:
    """The number and the text of everything that is marked, and of the current quote."""
    return re.findall(r'<mark[^>]*data-number="(\d+)"[^>]*>(.*?)</mark>', html, re.DOTALL)


def test_the_whole_article_stands_in_the_pane() -> None:
    text = Elements(reader.pane(TEA, Reading(0), EN)).text
    for block in TEA.blocks:
        assert TEXT[block.start : block.end] in text


def test_a_quote_is_marked_exactly_and_its_place_named() -> None:
    html = reader.pane(TEA, Reading(0, START, ANSWER, 4, 1), EN)
    assert f'<mark class="wd-current" data-number="1" tabindex="-1">{QUOTE}</mark>' in html
    assert marks(html) == [("1", QUOTE)]
    assert "under “產地”</bdi> · page 2 · line 7</p>" in html
    assert 'data-turn="4"' in html


def test_a_quote_across_paragraphs_is_marked_in_each() -> None:
    start, end = TEXT.index("咖啡來自"), TEXT.index("山茶科")
    quote = Citation(TEXT[start:end], TEA.source, None, 1, start, end)
    html = reader.pane(TEA, Reading(0, start, dataclasses.replace(ANSWER, citations=(quote,)), 1, 1), EN)
    assert marks(html) == [("1", QUOTE), ("1", "茶樹屬")]


def test_a_quote_that_the_article_no_longer_has_marks_nothing() -> None:
    other = dataclasses.replace(TEA, text=TEXT.replace("咖啡來自", "可可來自"))
    assert marks(reader.pane(other, Reading(0, START, ANSWER, 1, 1), EN)) == []


NOTED = dataclasses.replace(
    TEA,
    footnotes=(Footnote("①", TEXT.index("咖啡來自") + 2, TEXT.index("茶樹屬"), len(TEXT)),),
)


def test_a_footnote_mark_leads_to_its_footnote_and_back() -> None:
    note = NOTED.footnotes[0]
    html = reader.pane(NOTED, Reading(3, START, ANSWER, 1, 1), EN)
    there = f'<button type="button" class="wd-ref" data-ref="{note.anchor}" data-at="3.{note.start}" data-mark="①" aria-label="Go to note ①"></button>'
    back = f'<button type="button" class="wd-ref" data-ref="{note.start}" data-at="3.{note.anchor}" data-mark="①" aria-label="From note ① back to the text"></button>'
    assert f'tabindex="-1">咖啡{there}來自衣索比亞。</mark>' in html
    assert f"<bdi>{back}茶樹屬山茶科。</bdi>" in html
    assert Elements(html).text == Elements(reader.pane(TEA, Reading(3, START, ANSWER, 1, 1), EN)).text


def test_a_mark_that_the_text_has_itself_leads_to_the_footnote() -> None:
    text = "Tea is old.[^1] It is.\n\nVery."
    blocks = (Block("paragraph", 0, 22), Block("footnote", 24, 29))
    notes = (Footnote("1", 11, 24, 29),)
    article = Article("a.md", text, SourceMap((0,), (Place(1),)), blocks, footnotes=notes)
    html = reader.pane(article, Reading(0), EN)
    assert 'data-at="0.24" aria-label="Go to note 1">[^1]</button> It is.' in html
    assert "Tea is old.[^1] It is." in Elements(html).text


def test_a_footnote_without_a_place_leads_nowhere() -> None:
    lost = dataclasses.replace(NOTED, footnotes=(dataclasses.replace(NOTED.footnotes[0], anchor=None),))
    assert "wd-ref" not in reader.pane(lost, Reading(0), EN)


@given(
    st.lists(st.tuples(st.integers(0, len(TEXT)), st.integers(0, len(TEXT))), max_size=5), st.integers(1, 5)
)
def test_overlapping_quotes_change_no_word_and_the_current_one_is_whole(
    spans: list[tuple[int, int]], current: int
) -> None:
    quotes = [Citation(TEXT[a:b], TEA.source, None, 1, a, b) for a, b in map(sorted, spans)]
    given_ = Answer("q", "en", "", False, 1.0, tuple(quotes))
    html = reader.pane(TEA, Reading(0, 0, given_, 1, current), EN)
    plain = reader.pane(TEA, Reading(0), EN)
    page = html[html.index('<div class="wd-page"') :]
    assert Elements(page).text == Elements(plain[plain.index('<div class="wd-page"') :]).text
    if current <= len(quotes):
        shown = "".join(text for number, text in marks(page) if number == str(current))
        assert shown == "".join(
            TEXT[max(b.start, quotes[current - 1].start) : min(b.end, quotes[current - 1].end)]
            for b in TEA.blocks
        )


def test_of_a_long_article_a_part_is_shown_with_the_way_on() -> None:
    middle = reader.window(LONG.blocks, 150_000)
    assert middle[0].start < 150_000 < middle[-1].end
    assert reader.WINDOW * 0.9 < middle[-1].end - middle[0].start <= reader.WINDOW
    html = reader.pane(LONG, Reading(0, 150_000), EN)
    assert f'data-at="0.{middle[0].start - 1}">{EN.earlier}' in html
    assert f'data-at="0.{middle[-1].end + 1}">{EN.later}' in html
    assert len(html) < 2 * reader.WINDOW
    assert EN.earlier not in reader.pane(LONG, Reading(0, 0), EN)
    assert EN.later not in reader.pane(LONG, Reading(0, 299_999), EN)
    assert reader.window(LONG.blocks, 10**9)[-1] == LONG.blocks[-1]
    assert reader.window((), 0) == ()


def test_the_map_leads_to_passages_and_says_how_relevant_they_are() -> None:
    article = dataclasses.replace(
        TEA,
        passages=(
            Passage(TEA.source, "茶", 0, 10),
            Passage(TEA.source, QUOTE, START, START + 9, heading="產地"),
        ),
    )
    html = reader.passage_map(article, 3, {(TEA.source, START): 0.8}, EN)
    assert f'aria-label="{EN.map}"' in html
    assert 'style="flex-grow:10;--heat:0%" aria-label="茶: hardly relevant"' in html
    assert f'data-at="3.{START}" style="flex-grow:9;--heat:80%" aria-label="產地: very relevant"' in html
    assert reader.passage_map(TEA, 0, None, EN) == ""


def test_a_map_of_many_passages_has_a_bounded_number_of_cells() -> None:
    passages = tuple(Passage("a", "x", i, i + 1) for i in range(1000))
    html = reader.passage_map(dataclasses.replace(TEA, passages=passages), 0, {("a", 500): 1.0}, EN)
    assert html.count("<button") == reader.CELLS
    assert 'data-at="0.500"' in html


def test_the_answer_stands_where_the_map_is_reddest(bot: Chatbot) -> None:
    question = "第四屆亞信峰會在哪裡舉行？"
    heat = relevance(bot.search(question, k=len(bot.index.passages)))
    assert len(heat) == len(bot.index.passages)
    assert set(heat.values()) <= {n / 1000 for n in range(1001)}
    quote = bot.ask(question).citations[0]
    reddest = max(heat, key=lambda place: heat[place])
    passage = next(p for p in bot.index.passages if (p.source, p.start) == reddest)
    assert passage.start <= quote.start < passage.end
    assert heat[reddest] == 1.0
    unanswerable = relevance(bot.search("富士山有多高？", k=len(bot.index.passages)))
    assert max(unanswerable.values()) < 0.5


def test_equal_scores_leave_the_map_blank() -> None:
    hits = [Hit(Passage("a", "", n, n), 0.4) for n in range(3)]
    assert set(relevance(hits).values()) == {0.0}
    assert relevance([]) == {}


def test_citation_of_the_example_is_true() -> None:
    assert TEXT[CITATION.start : CITATION.end] == QUOTE
