"""The chat's HTML, by exact expectations; and that nothing in a document or question can become markup."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from index.article import Article, Block, Footnote, Hit, Passage, Place, SourceMap
from qa.answer import Answer, Citation, Language, Usage
from qa.llm_server import ServerModel
from ui import panel, picker, reader, render, reply
from ui.bring import Stage
from ui.leaves import sent_to
from ui.place import MARGIN, context
from ui.reader import Reading
from ui.render import Notice
from ui.reply import Setting
from ui.safe import clip, escape
from ui.texts import WORDS, Words, language_of

ZH, EN = WORDS["zh-Hant"], WORDS["en"]
TEXT = "茶與咖啡\n\n王小明\n\n產地\n\n台灣的高山茶長在霧裡。咖啡來自衣索比亞。\n\n茶樹屬山茶科。"
QUOTE = "咖啡來自衣索比亞。"
START = TEXT.index(QUOTE)


def block(kind: str, text: str, level: int = 0) -> Block:
    start = TEXT.index(text)
    return Block(kind, start, start + len(text), level)  # type: ignore[arg-type]


TEA = Article(
    source="notes/tea.md",
    text=TEXT,
    source_map=SourceMap((0,), (Place(1),)),
    blocks=(
        block("title", "茶與咖啡"),
        block("author", "王小明"),
        block("heading", "產地", level=1),
        block("paragraph", "台灣的高山茶長在霧裡。咖啡來自衣索比亞。"),
        block("footnote", "茶樹屬山茶科。"),
    ),
    title="茶與咖啡",
    author="王小明",
)
CITATION = Citation(QUOTE, "notes/tea.md", 2, 7, START, START + len(QUOTE))
ANSWER = Answer("咖啡從哪裡來？", "zh-Hant", f"文章說：\n「{QUOTE}」[1]", False, 0.914, (CITATION,))
HIT = Hit(Passage("notes/tea.md", QUOTE, START, START + len(QUOTE), heading="產地", line=7), 1.0)
SILENT = Answer("茶多少錢？", "zh-Hant", "文章沒有提到。", True, 0.1)
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'--></style></textarea><svg onload=alert(1)>",
    "[click](javascript:alert(1)) **bold** `code` $$x$$",
    "${alert(1)} {{alert}} `+alert(1)+`",
    "&lt;b&gt; &#60;i&#62;",
    "a\u202egnp.exe\u202c\u2066b\u2069\u200f",
    "nul\x00 bell\x07 escape\x1b[31m delete\x7f",
    "lone \ud800 surrogate",
    "tags \U000e0041\U000e0042 \ufeff\u2028",
]


class Elements(HTMLParser):
    """Every tag and attribute of a piece of HTML, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def everything(text: str, words: Words = ZH) -> str:
    """All that can be drawn, with ``text`` in every place that a document or a visitor can fill."""
    n = len(text)
    blocks = (
        Block("heading", 0, n, 1),
        Block("paragraph", n, 3 * n),
        Block("footnote", 3 * n, 4 * n),
    )
    passage = Passage(text, text, 0, n, heading=text)
    notes = (Footnote(text, 2 * n, 3 * n, 4 * n),)
    article = Article(
        text, text * 4, SourceMap((0,), (Place(1),)), blocks, text, text, notes, (passage, passage)
    )
    quote = Citation(text, text, None, 1, 2 * n, 3 * n)
    answers = [
        Answer(
            text,
            "en",
            f"{text} [1]",
            False,
            0.5,
            (quote,),
            (Hit(passage, 1.0),),
            rewritten=text,
            note=text,
            unsupported=((0, n),),
            flagged=(f"{text}?",),
        ),
        Answer(text, "en", text, True, 0.5, (), (Hit(passage, 1.0),)),
        Notice("read_error", text, text),
    ]
    chips: reply.Chips = [("en", [text])]
    setting = Setting([text], {text: text}, {})
    about = panel.about(article, 0, reader.contents(article, 0, words, is_open=True), words)
    return (
        render.conversation(answers, render.welcome([article], chips, words), setting, words)  # type: ignore[arg-type]
        + render.conversation(answers[:2], "", setting, words)  # type: ignore[arg-type]
        + panel.source_panel(answers[0], 1, [article], about, words, 1)  # type: ignore[arg-type]
        + reader.pane(article, Reading(0, 2 * n, answers[0], 1, 1), words)  # type: ignore[arg-type]
        + picker.picker([article, article], {text}, True, words)
        + picker.progress(Stage("reading"), text, words)
        + render.leaves(text, words)
    )


def test_an_answer_shows_its_quote_marked_and_numbered() -> None:
    assert reply.answer_text(ANSWER, 3, ZH) == (
        "<bdi>文章說：\n「</bdi>"
        f'<q lang="zh-Hant"><bdi>{QUOTE}</bdi></q>'
        "<bdi>」</bdi>"
        '&#8288;<a class="wd-number" href="#source-1" data-cite="3.1" aria-label="看第 1 則引文的出處">1</a>'
    )


def test_a_whole_turn() -> None:
    assert render.turn_html(ANSWER, 1, Setting(), ZH) == (
        '<article class="wd-turn" id="turn-1" aria-busy="false">'
        '<h2 class="wd-question"><span class="wd-mark" aria-hidden="true">問</span>'
        '<span lang="zh-Hant"><bdi>咖啡從哪裡來？</bdi></span></h2>'
        '<div class="wd-answer"><span class="wd-mark" aria-hidden="true">答</span><div>'
        f'<div class="wd-text" lang="zh-Hant">{reply.answer_text(ANSWER, 1, ZH)}</div>'
        '<div class="wd-under"><p class="wd-foot"><button type="button" class="wd-open" data-cite="1.1">1 則引文</button>'
        "<span>把握 91%</span></p>"
        f'<p class="wd-doing"><button type="button" data-copy="文章說：\n「{QUOTE}」[1]\n\n[1] notes/tea.md，第 2 頁，第 7 行"'
        ' data-done="已複製">複製</button><button type="button" data-ask="咖啡從哪裡來？">再問一次</button></p>'
        "</div></div></div></article>"
    )


def test_an_abstention_looks_different_and_offers_questions_in_its_language() -> None:
    silent = dataclasses.replace(SILENT, passages=(HIT,))
    assert reply.answer(silent, 1, Setting(["茶長在哪裡？"]), EN) == (
        '<div class="wd-answer wd-abstained"><span class="wd-mark" aria-hidden="true">—</span><div>'
        '<p class="wd-badge">The article does not say</p>'
        '<div class="wd-text" lang="zh-Hant"><bdi>文章沒有提到。</bdi></div>'
        '<div class="wd-under"><p class="wd-foot"><button type="button" class="wd-open" data-cite="1.0">The 1 nearest passages</button></p>'
        '<p class="wd-doing"><button type="button" data-copy="文章沒有提到。" data-done="Copied">Copy</button>'
        '<button type="button" data-ask="茶多少錢？">Ask again</button></p></div>'
        '<p class="wd-offer">It can answer, for example</p>'
        '<ul class="wd-chips" lang="zh-Hant" aria-label="It can answer, for example">'
        '<li><button type="button" class="wd-chip" data-ask="茶長在哪裡？"><bdi>茶長在哪裡？</bdi></button></li>'
        "</ul></div></div>"
    )


def test_an_answer_offers_what_to_ask_next_and_only_the_last_one() -> None:
    html = render.conversation([ANSWER, ANSWER], "", Setting(["茶長在哪裡？"]), ZH)
    assert html.count('data-ask="茶長在哪裡？"') == 1
    assert html.index('id="turn-2"') < html.index(f'<p class="wd-offer">{ZH.next}</p>')


def test_ratings_are_asked_for_only_where_they_are_wanted_and_say_what_becomes_of_them() -> None:
    assert "data-rate" not in reply.tools(ANSWER, 2, Setting(), EN)
    html = reply.tools(ANSWER, 2, Setting(ratings={ANSWER.question: False}), EN)
    assert 'data-rate="2.1" aria-pressed="false"' in html
    assert 'data-rate="2.0" aria-pressed="true"' in html
    assert f'<span role="status">{EN.thanks}</span><small>{EN.consent}</small>' in html
    assert EN.thanks not in reply.tools(ANSWER, 2, Setting(ratings={}), EN)
    whole = render.conversation([ANSWER, ANSWER], "", Setting(ratings={}), EN)
    assert whole.count(f"<small>{EN.consent}</small>") == 1


def test_a_download_holds_the_whole_file() -> None:
    html = render.download("a.md", "# 茶 <b>")
    assert html == (
        '<a class="wd-download" download="a.md"'
        ' href="data:text/markdown;charset=utf-8;base64,IyDojLYgPGI+">a.md</a>'
    )


def test_an_error_can_be_tried_again() -> None:
    assert 'data-ask="茶？"' in render.notice(Notice("other_error", "茶？", "x"), EN)
    assert "data-ask" not in render.notice(Notice("read_error", "", "x"), EN)


def test_what_is_waited_for_can_be_stopped() -> None:
    html = render.turn_html(Notice("thinking", "茶？"), 2, Setting(), EN, busy=True)
    assert html.startswith('<article class="wd-turn" id="turn-2" aria-busy="true">')
    assert html.endswith(
        '<div class="wd-answer wd-busy"><span class="wd-mark" aria-hidden="true">A</span><div>'
        '<div class="wd-text wd-thinking" role="status">Looking for the answer…</div>'
        '<p class="wd-foot"><button type="button" class="wd-open" data-stop>Stop</button></p></div></div></article>'
    )


def test_a_question_that_was_understood_in_another_way_says_so() -> None:
    given = dataclasses.replace(ANSWER, rewritten="<咖啡>從哪裡來？")
    shown = '<p class="wd-aside"><bdi>Asked as: &lt;咖啡&gt;從哪裡來？</bdi></p><div class="wd-text"'
    assert shown in reply.answer(given, 1, Setting(), EN)
    assert shown in reply.answer(given, 1, Setting(), EN, busy=True)
    assert "wd-aside" not in reply.answer(ANSWER, 1, Setting(), EN)


def test_what_no_quote_supports_is_labelled_in_words() -> None:
    text = f"{QUOTE} [1] It costs 5 euros. Tea is old."
    start = text.index("It costs")
    given = dataclasses.replace(
        ANSWER, text=text, unsupported=((start, start + 17),), flagged=("5 euros", "<b>")
    )
    assert reply.answer_text(given, 1, EN) == (
        f'<q lang="zh-Hant"><bdi>{QUOTE}</bdi></q>'
        '&#8288;<a class="wd-number" href="#source-1" data-cite="1.1" aria-label="Open the source of quote 1">1</a>'
        "<bdi> </bdi>"
        '<span class="wd-unsupported"><bdi>It costs </bdi><span class="wd-flag"><bdi>5 euros</bdi></span><bdi>.</bdi>'
        '<small lang="en">no quote supports this</small></span>'
        "<bdi> Tea is old.</bdi>"
    )
    assert (
        '<p class="wd-aside wd-flagged"><bdi>Not found in the article, so check for yourself: 5 euros · &lt;b&gt;</bdi></p>'
        in reply.answer(given, 1, Setting(), EN)
    )


def test_why_no_model_wrote_the_answer_stands_under_it() -> None:
    given = dataclasses.replace(ANSWER, note="模型沒有回應。")
    assert '</div><p class="wd-aside" lang="zh-Hant"><bdi>模型沒有回應。</bdi></p>' in reply.answer(
        given, 1, Setting(), EN
    )


@pytest.mark.parametrize(
    ("usage", "text"),
    [
        (Usage(1204, 88, 2.345, 1), "1,204 tokens sent, 88 received, 2.3 s"),
        (Usage(None, None, 0.96), "1.0 s"),
    ],
)
def test_what_a_model_used_stands_in_small_print(usage: Usage, text: str) -> None:
    html = reply.answer(dataclasses.replace(ANSWER, usage=usage), 1, Setting(), EN)
    assert f"<span>confidence 91%</span><small>{text}</small></p>" in html


def test_the_articles_to_ask_are_ticks() -> None:
    other = dataclasses.replace(TEA, source="b.md", title="<Tea>")
    assert picker.picker([TEA, other], {"b.md"}, True, EN) == (
        '<fieldset class="wd-picker"><legend>Articles to ask</legend><ul>'
        '<li><label title="茶與咖啡"><input type="checkbox" data-choose="0" checked>'
        '<span lang="zh-Hant"><bdi>茶與咖啡</bdi></span></label>'
        '<button type="button" data-remove="0" aria-label="Remove “茶與咖啡”" title="Remove “茶與咖啡”">×</button></li>'
        '<li><label title="&lt;Tea&gt;"><input type="checkbox" data-choose="1">'
        '<span lang="zh-Hant"><bdi>&lt;Tea&gt;</bdi></span></label>'
        '<button type="button" data-remove="1" aria-label="Remove “&lt;Tea&gt;”" title="Remove “&lt;Tea&gt;”">×</button></li>'
        "</ul></fieldset>"
    )
    assert "data-remove" not in picker.picker([TEA, other], (), False, EN)
    assert picker.picker([TEA], (), True, EN) == ""
    assert picker.picker([TEA] * (picker.TICKED + 1), (), True, EN) == ""


def test_an_upload_says_how_far_it_is() -> None:
    assert picker.progress(Stage("embedding", 1200, 2400), "<a>.md", EN) == (
        '<div class="wd-progress"><p>Reading: <span><bdi>&lt;a&gt;.md</bdi></span></p>'
        '<progress max="100" value="60" aria-label="Embedding: passage 1,200 of 2,400">60%</progress>'
        '<p class="wd-foot"><span role="status">Embedding: passage 1,200 of 2,400</span>'
        '<button type="button" class="wd-open" data-halt>Stop</button></p></div>'
    )


def test_of_a_large_library_some_articles_are_named() -> None:
    html = render.welcome([TEA] * 2000, [], EN)
    assert html.count("data-at=") == render.TITLES_SHOWN
    assert '<p class="wd-empty">and 1,994 more articles</p>' in html


def test_a_passage_says_in_words_how_relevant_it_is() -> None:
    given = dataclasses.replace(ANSWER, passages=(HIT,))
    for relevance, degree in ((0.7, EN.map_high), (0.4, EN.map_middle), (0.0, EN.map_low)):
        html = panel.nearest(given, [TEA], EN, {(HIT.source, HIT.start): relevance})
        assert f'<div class="wd-more"><span>{degree}</span>' in html
    assert '<div class="wd-more"><button' in panel.nearest(given, [TEA], EN, {})


def test_an_answer_from_the_browser_says_that_its_passages_were_not_kept() -> None:
    shown = panel.source_panel(ANSWER, 1, [TEA], "", EN, kept=True)
    assert f'<p class="wd-empty">{EN.passages_gone}</p>' in shown
    assert EN.passages_gone not in panel.source_panel(ANSWER, 1, [TEA], "", EN)


def test_a_growing_answer_is_busy_and_has_no_foot_yet() -> None:
    html = render.turn_html(ANSWER, 1, Setting(), ZH, busy=True)
    assert 'aria-busy="true"' in html
    assert "data-stop" in html
    assert 'data-cite="1.1">1 則' not in html


def test_a_card_marks_the_quote_in_its_context_and_says_where_it_stands() -> None:
    assert panel.card(CITATION, 3, 1, [TEA], ZH) == (
        '<li class="wd-card" id="source-1" data-number="1" tabindex="-1">'
        '<a class="wd-number" href="#source-1" data-cite="3.1" aria-label="看第 1 則引文的出處">1</a>'
        '<blockquote lang="zh-Hant"><bdi>台灣的高山茶長在霧裡。<mark>咖啡來自衣索比亞。</mark></bdi></blockquote>'
        '<p class="wd-where"><cite><bdi>茶與咖啡</bdi></cite> · <bdi>「產地」一節</bdi> · 第 2 頁 · 第 7 行</p></li>'
    )


@pytest.mark.parametrize(
    ("quote", "kind"), [("茶樹屬山茶科。", "footnote"), ("茶與咖啡", "title"), ("王小明", "author line")]
)
def test_a_card_names_what_is_not_running_text(quote: str, kind: str) -> None:
    start = TEXT.index(quote)
    html = panel.card(Citation(quote, TEA.source, None, 9, start, start + len(quote)), 1, 1, [TEA], EN)
    assert f"</cite> · {kind} · line 9</p>" in html


@pytest.mark.parametrize("text", ["別的文章", TEXT.replace("咖啡", "可可")])
def test_a_quote_from_an_article_that_is_gone_is_shown_alone(text: str) -> None:
    others = [dataclasses.replace(TEA, text=text, source="other.md"), dataclasses.replace(TEA, text=text)]
    html = panel.card(CITATION, 1, 1, others, ZH)
    assert f"<bdi><mark>{QUOTE}</mark></bdi>" in html
    assert '<li class="wd-card wd-lost"' in html
    assert "<cite><bdi>tea.md</bdi></cite> · 第 2 頁" in html


def test_the_panel_opens_the_passages_only_where_they_are_all_there_is() -> None:
    answered = panel.source_panel(dataclasses.replace(ANSWER, passages=(HIT,)), 1, [TEA], "", ZH, 1)
    assert '<li class="wd-card wd-current"' in answered
    assert '<details class="wd-nearest"><summary>文章裡最接近的 1 段</summary>' in answered
    silent = panel.source_panel(dataclasses.replace(SILENT, passages=(HIT,)), 2, [TEA], "", ZH)
    assert '<details class="wd-nearest" open>' in silent
    assert "wd-card" not in silent


def test_a_passage_says_by_what_it_was_found() -> None:
    hit = dataclasses.replace(HIT, dense=0.5, lexical=5.0, late=-0.25, context=0.75)
    assert panel.found_by(hit, EN) == (
        '<details class="wd-why"><summary>How it was found</summary><dl>'
        '<dt>Similar meaning</dt><dd><meter min="0" max="1" value="0.50" aria-hidden="true"></meter> 0.50</dd>'
        '<dt>Same words</dt><dd><meter min="0" max="1" value="0.25" aria-hidden="true"></meter> 5.00</dd>'
        '<dt>Matched word by word</dt><dd><meter min="0" max="1" value="0.00" aria-hidden="true"></meter> -0.25</dd>'
        "<dt>Matched word by word, in context</dt>"
        '<dd><meter min="0" max="1" value="0.75" aria-hidden="true"></meter> 0.75</dd>'
        "</dl></details>"
    )


def test_the_article_at_hand() -> None:
    assert panel.about(TEA, 2, "<i></i>", EN) == (
        '<section class="wd-about" lang="zh-Hant">'
        '<h3><button type="button" class="wd-go" data-at="2.0"><bdi>茶與咖啡</bdi></button></h3>'
        f"<p><bdi>by 王小明</bdi> · <bdi>{len(TEXT)} characters</bdi></p><i></i></section>"
    )
    assert reader.contents(TEA, 2, EN, is_open=True) == (
        '<details class="wd-contents" open><summary>Contents</summary><ul><li class="wd-level-1">'
        f'<button type="button" class="wd-go" data-at="2.{TEXT.index("產地")}"><bdi>產地</bdi></button></li></ul></details>'
    )
    assert panel.title(dataclasses.replace(TEA, title=""), EN) == "tea.md"
    assert panel.title(dataclasses.replace(TEA, title="", source=""), EN) == "Untitled"


def test_notices() -> None:
    assert render.notice(Notice("question_error", "", "It is empty."), EN) == (
        '<div class="wd-notice wd-error" role="alert">'
        "<p>This question can’t be answered as it is. <span><bdi>It is empty.</bdi></span></p></div>"
    )
    assert "一小時沒用就刪除" in render.notice(Notice("ready", detail="茶"), ZH)


def test_a_reference_number_inside_a_quote_stays_text() -> None:
    quote = "As shown before [1], tea grows."
    given = Answer("q", "en", f"“{quote}” [1] and [2]", False, 1, (Citation(quote, "a", None, 1, 0, 31),))
    html = reply.answer_text(given, 1, EN)
    assert f'<q lang="en"><bdi>{quote}</bdi></q>' in html
    assert html.count("data-cite") == 1
    assert html.endswith(" [2]")


def test_a_very_long_question_is_cut_and_says_so() -> None:
    html = render.question("問" * 1_000_000, ZH)
    assert (
        Elements(html).text
        == "問" + "問" * (render.QUESTION_SHOWN - 1) + "…" + "共 1,000,000 字，這裡只顯示開頭"
    )


def test_context_is_cut_at_words_around_a_quote_in_a_long_block() -> None:
    text = "word " * 100 + "The quote. " + "tail " * 100
    article = Article("a", text, SourceMap((0,), (Place(1),)), (Block("paragraph", 0, len(text)),))
    around = context(article, 500, 510)
    assert around.quote == "The quote."
    assert re.fullmatch(r"…(word )+", around.before)
    assert re.fullmatch(r" (tail )+tail…", around.after)
    assert max(len(around.before), len(around.after)) <= MARGIN + 1


@pytest.mark.parametrize("words", WORDS.values())
def test_where_questions_go_is_said_and_by_name(words: Words) -> None:
    assert render.leaves("", words) == f'<p class="wd-leaves">{words.stays}</p>'
    away = ServerModel("qwen3", "https://llm.example.org/v1", "secret", context=8192, timeout=60)
    told = render.leaves(sent_to(away), words)
    assert told == f'<p class="wd-leaves">{words.leaves.format(host="llm.example.org")}</p>'
    assert words.stays not in told


def test_a_model_that_is_nowhere_known_is_named_and_not_called_local() -> None:
    class Own:
        name = "mine"

    assert sent_to(Own()) == "mine"  # type: ignore[arg-type]
    assert sent_to(None) == ""


def test_a_full_queue_is_told_apart_for_the_style_sheet() -> None:
    assert render.notice(Notice("queue_error"), EN) == (
        f'<div class="wd-notice wd-error wd-full" role="alert"><p>{EN.queue_error}</p></div>'
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_adds_no_element_and_no_attribute(text: str) -> None:
    hostile, plain = Elements(everything(text)), Elements(everything("plain words"))
    assert hostile.tags == plain.tags
    assert escape(text) in everything(text)


@given(st.text())
def test_any_text_is_shown_whole_and_inert(text: str) -> None:
    html = escape(text)
    assert not set("<>\"'") & set(html)
    html.encode("utf-8")
    shown = re.sub(r"⟦U\+([0-9A-F]{4,6})⟧", lambda m: chr(int(m[1], 16)), Elements(html).text)
    # The parser, like a browser, has its own idea of a bare carriage return; ours are shown as ⟦U+000D⟧.
    assert shown == re.sub(r"⟦U\+([0-9A-F]{4,6})⟧", lambda m: chr(int(m[1], 16)), text.replace("\r\n", "\n"))


def test_what_reorders_or_hides_is_made_visible() -> None:
    assert escape("a\u202eb\u200bc\x00d") == "a⟦U+202E⟧b⟦U+200B⟧c⟦U+0000⟧d"
    assert escape("👩\u200d🔬 نیم\u200cفاصله é\n\t") == "👩\u200d🔬 نیم\u200cفاصله é\n\t"


def test_clip_keeps_to_its_limit() -> None:
    assert [len(clip("x" * n, 10)) for n in (9, 10, 11, 1000)] == [9, 10, 10, 10]


# Words


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(Words)])
def test_no_word_is_missing_and_placeholders_agree(field: str) -> None:
    texts = [getattr(words, field) for words in WORDS.values()]
    assert all(text.strip() for text in texts)
    assert len({frozenset(placeholders(text)) for text in texts}) == 1


def test_each_script_keeps_to_itself() -> None:
    simplify, traditionalise = OpenCC("t2s"), OpenCC("s2tw")
    for field in dataclasses.fields(Words):
        simplified, traditional = getattr(WORDS["zh-Hans"], field.name), getattr(ZH, field.name)
        assert simplify.convert(simplified) == simplified
        assert traditionalise.convert(traditional) == traditional
        assert not re.search(r"[\u4e00-\u9fff]", getattr(EN, field.name))


def test_every_language_has_words() -> None:
    assert set(WORDS) == set(Language.__args__)
    assert [words.tag for words in WORDS.values()] == list(WORDS)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("zh-TW,zh;q=0.9,en;q=0.8", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-Hant-US", "zh-Hant"),
        ("zh", "zh-Hans"),
        ("zh-SG,en", "zh-Hans"),
        ("en-GB,zh-TW;q=0.9", "en"),
        ("fr, zh-CN;q=0.2, en;q=0.3", "en"),
        ("zh-TW;q=0, zh-CN", "zh-Hans"),
        ("*;q=x,;;,", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_browser_chooses_the_language(header: str | None, expected: str) -> None:
    assert language_of(header) == expected
