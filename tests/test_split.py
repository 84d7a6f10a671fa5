"""Sentences and passages."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Article, Block, Footnote, Place, SourceMap
from index.sentence import split_sentences
from index.split import MAX_UNITS, passages, sentences, units

# Each line is one paragraph, its sentences parted by │.
SENTENCES = """
The lighthouse was built in 1873.[^1] │It is 32 metres high.[12][13] │Ships see it.
燈塔建於1873年。[^1]│它高三十二公尺。[12]│船都看得到。
It cost £5 million[3] in all. │See the note [a] below.
第四屆會議在上海舉行。│共有26個成員國！│為什麼？│不知道
亚信会议成立于1992年。│它有二十六个成员国。
他說：「我來了。我看見了。我征服了。」│然後他走了。
「我來了。」他說。│然後他走了。
「你去哪裡？」母親問道。│他沒有回答。
「很好。」│窗外下著雨。
他以「天下大亂。」為題寫了一篇文章。│沒有人讀。
是否有「亞洲世紀？」的疑問，各家不同。│本文不談。
第一段（見第 3.2 節。）在此。│第二段在後。
他走了。│（沒有人送他。）│雨停了。
《你好！中國》是一本書。│作者不詳。
「他說：『走吧。』」│大家都笑了。
“我同意。”他说，“但不是现在。”│会议结束了。
他走了……我也走了……。│天黑了。
真的嗎？！│當然！！│好……
價格是3.14元。│比2.5元高。
總值4,560億美元（約合新臺幣14.5兆元）。│這是最高紀錄。
馬克思（Karl H. Marx）生於特里爾。│他死於倫敦。
卡爾．馬克思是哲學家。│他是德國人。
出席者有：日本；南韓；菲律賓。│其他國家缺席。
这是英文句号.│下一句也是.
The summit was held in Shanghai.│It had 26 members!│Why?│Nobody knows
Dr. Smith met Mr. Lee at 5 p.m. Tuesday.│They talked.
The U.S. Army was there.│It came from the U.S.│The army left.
See No. 5 and pp. 3–4 of Vol. 2, e.g. Fig. 7.│He said no.│Then he left.
J. K. Rowling and George W. Bush met.│Nobody saw it.
It costs $3.50, or 1,000.25 yen.│That is 2.5 per cent.
He waited... and waited.│Then he left.
"I came." │He left.
"Who came?" he asked.│"Stop!" John said.│Nobody moved.
He said, “I came. I saw.”│Then he left.
She works at Apple Inc. in California.│The company is large.
It was a mess (see above. Really.) from the start.│We left.
Visit https://example.com/a.b?c=d. │It is free.
Version 2.0.1 of example.py came out.│It works.
1. First of all, read this.│Then go on.
The vote was 52 to 48.│In 2016 it was closer.
Is it true?!│Yes.
CICA（亞信會議）有26國。│It meets every four years.│明年再開。
"""


@pytest.mark.parametrize("marked", SENTENCES.strip().splitlines())
def test_sentences_end_where_a_reader_says(marked):
    text = marked.replace("│", "")
    if not any("\u4e00" <= char <= "\u9fff" for char in text):
        text = marked.replace(" │", "│").replace("│", " ")
    found = [text[start:end] for start, end in split_sentences(text)]
    assert found == [sentence.strip() for sentence in marked.split("│")]


def test_a_long_quotation_is_a_text_of_its_own():
    speech = "我們必須思考因應的戰略，否則將失去先機。" * 12
    text = f"他說：「{speech}」全場鼓掌。"
    found = [text[start:end] for start, end in split_sentences(text)]
    assert len(found) == 13
    assert found[11].endswith("先機。」")
    assert found[12] == "全場鼓掌。"


def test_marks_that_do_not_pair_hold_nothing_together():
    for text in (
        "（他走了。她也走了。",
        "他走了。）她也走了。",
        '5" wide. It is 6" long. "Odd.',
        "「甲。乙。",
    ):
        assert len(split_sentences(text)) >= 2


@pytest.mark.parametrize(
    ("text", "count"),
    [("（" * 50_000 + "」" * 50_000, 1), ("a. b. " * 30_000, 1), ("他說：「來。」" * 20_000, 20_000)],
)
def test_a_very_long_paragraph_is_no_trouble(text, count):
    assert len(split_sentences(text)) == count  # in seconds: hours if any step looked back over all of it


pieces = st.sampled_from(
    [
        *"。！？.!?…「」『』（）()“”\"'’，,;；：: \n",
        "亞信會議",
        "上海",
        "Mr",
        "U.S",
        "No",
        "Shanghai",
        "he said",
        "3.14",
        "5",
    ]
)
paragraphs = st.lists(pieces, min_size=1, max_size=30).map("".join)


@given(paragraphs)
def test_sentences_hold_every_character_once(text):
    spans = split_sentences(text)
    covered = "".join(text[start:end] for start, end in spans)
    assert "".join(covered.split()) == "".join(text.split())
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)


# --- articles -----------------------------------------------------------------------------------------------


def build(*parts, footnotes=()):
    """An article of (kind, text) blocks, a blank line apart; each starts a line of its source."""
    blocks, starts, places, offset, line = [], [], [], 0, 1
    for kind, text in parts:
        blocks.append(Block(kind, offset, offset + len(text), 1 if kind == "heading" else 0))
        starts.append(offset)
        places.append(Place(line, 1 + line // 40))
        offset += len(text) + 2
        line += text.count("\n") + 2
    text = "\n\n".join(text for _, text in parts)
    source_map = SourceMap(tuple(starts) or (0,), tuple(places) or (Place(1),))
    return Article("a.txt", text, source_map, tuple(blocks), footnotes=tuple(footnotes))


def texts(article, spans):
    return [article.text[start:end] for start, end in spans]


def test_lines_of_lists_tables_code_and_verse_are_sentences():
    article = build(
        ("heading", "What? A heading. Still one"),
        ("list", "- One. And more.\n- Two"),
        ("table", "| a. b | c |\n| 1. 2 | 3 |"),
        ("verse", "床前明月光，\n疑是地上霜。"),
        ("code", "x = 1. # Yes. No.\n\ny = 2"),
    )
    assert texts(article, sentences(article)) == [
        "What? A heading. Still one",
        "- One.",
        "And more.",
        "- Two",
        "| a. b | c |",
        "| 1. 2 | 3 |",
        "床前明月光，",
        "疑是地上霜。",
        "x = 1. # Yes. No.",
        "y = 2",
    ]


def test_a_sentence_never_crosses_a_block():
    article = build(("paragraph", "沒有句號"), ("paragraph", "下一段。"))
    assert texts(article, sentences(article)) == ["沒有句號", "下一段。"]


def test_sentences_of_a_range_are_those_that_it_touches():
    article = build(("paragraph", "甲乙。丙丁。"), ("paragraph", "戊己。"))
    assert texts(article, sentences(article, 1, 4)) == ["甲乙。", "丙丁。"]
    assert texts(article, sentences(article, 3, 6)) == ["丙丁。"]
    assert texts(article, sentences(article, 6, 8)) == []
    assert texts(article, sentences(article, 8)) == ["戊己。"]


def test_passages_stay_under_their_heading():
    article = build(
        ("title", "題目"),
        ("author", "作者"),
        ("paragraph", "前言。"),
        ("heading", "第一節"),
        ("paragraph", "一。"),
        ("paragraph", "二。"),
        ("heading", "第二節"),
        ("paragraph", "三。"),
    )
    assert [(p.kind, p.heading, p.text) for p in passages(article)] == [
        ("title", "", "題目"),
        ("author", "", "作者"),
        ("paragraph", "", "前言。"),
        ("paragraph", "第一節", "一。\n\n二。"),
        ("paragraph", "第二節", "三。"),
    ]


def test_a_heading_with_nothing_under_it_is_a_passage():
    article = build(("heading", "上"), ("heading", "下"), ("paragraph", "文。"), ("heading", "尾"))
    assert [(p.kind, p.text) for p in passages(article)] == [
        ("heading", "上"),
        ("paragraph", "文。"),
        ("heading", "尾"),
    ]


def test_a_footnote_is_a_passage_under_the_heading_of_its_mark():
    parts = [
        ("heading", "一"),
        ("paragraph", "甲。"),
        ("heading", "二"),
        ("paragraph", "乙。"),
        ("footnote", "註。"),
    ]
    anchored = build(*parts, footnotes=[Footnote("1", 5, 14, 16)])
    assert anchored.text[14:16] == "註。"
    assert [(p.kind, p.heading) for p in passages(anchored)][-1] == ("footnote", "一")
    assert [(p.kind, p.heading) for p in passages(build(*parts))][-1] == ("footnote", "二")


def test_a_list_joins_the_words_that_announce_it():
    article = build(("paragraph", "成員有："), ("list", "- 甲\n- 乙"), ("table", "| 丙 |"))
    assert [p.text for p in passages(article)] == ["成員有：\n\n- 甲\n- 乙", "| 丙 |"]


def test_a_passage_says_where_it_stood():
    article = build(*[("paragraph", f"第{i}段" + "字" * 200 + "。") for i in range(30)])
    found = passages(article, max_units=250)
    assert [p.line for p in found] == list(range(1, 60, 2))
    assert [p.page for p in found] == [1 + line // 40 for line in range(1, 60, 2)]


def test_a_sentence_over_the_limit_is_a_passage_of_its_own():
    long = "字" * (MAX_UNITS + 1) + "。"
    article = build(("paragraph", f"短。{long}短。"))
    assert [p.text for p in passages(article)] == ["短。", long, "短。"]


def test_an_article_of_nothing_has_no_passages():
    assert passages(build()) == ()
    assert sentences(build()) == []


kinds = st.sampled_from(["paragraph", "heading", "list", "table", "verse", "footnote", "title"])


@settings(max_examples=60)
@given(
    st.lists(st.tuples(kinds, paragraphs.filter(str.strip)), max_size=8), st.sampled_from([1, 10, 40, 1000])
)
def test_passages_are_whole_sentences_and_lose_nothing(parts, limit):
    article = build(*parts)
    found = passages(article, max_units=limit)
    spans = sentences(article)
    whole = "".join(article.text[b.start : b.end] for b in article.blocks)
    assert "".join("".join(texts(article, spans)).split()) == "".join(whole.split())
    for passage in found:
        assert article.text[passage.start : passage.end] == passage.text
        inside = [s for s in spans if s.start < passage.end and s.end > passage.start]
        assert (inside[0].start, inside[-1].end) == (passage.start, passage.end)
        assert len(inside) == 1 or units(passage.text) <= limit
    assert all(a.end <= b.start for a, b in pairwise(found))
    shown = {s for s in spans if any(p.start <= s.start and s.end <= p.end for p in found)}
    headings = {(b.start, b.end) for b in article.blocks if b.kind == "heading"}
    for span in set(spans) - shown:  # only headings with text under them are not shown
        assert any(start <= span.start and span.end <= end for start, end in headings)
