"""The page in headless Chromium: what only a browser can show."""

from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_core_python.sync_playwright import Axe

from benchmarks.screenshots import SIZES, ask, browser_page
from qa.chatbot import Chatbot
from qa.export import conversation_json, markdown, plain_text
from tests.test_app import OWN, QUESTIONS, UNANSWERABLE
from ui.texts import WORDS

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("chromium") is None, reason="needs Chromium: apt-get install chromium fonts-noto-cjk"
    ),
    pytest.mark.skipif(
        importlib.util.find_spec("playwright") is None, reason="needs playwright: pip install playwright"
    ),
]
CHINESE = QUESTIONS["zh-Hant"]


@pytest.fixture
def page(url: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh page; at the end, nothing has gone wrong in it and no other host was asked for anything."""
    problems: list[str] = []
    size = getattr(request, "param", "desk")
    with browser_page(SIZES[size], "light", "zh-TW", problems) as page:
        page.goto(url)
        page.locator(".wd-welcome").wait_for(timeout=60_000)
        yield page
    assert problems == []


def test_a_number_opens_the_article_at_the_quote(page: Page, bot: Chatbot) -> None:
    ask(page, CHINESE)
    page.locator('#turn-1 a[data-cite="1.1"]').click()
    mark = page.locator(".wd-reader mark.wd-current")
    mark.wait_for()
    assert mark.inner_text() == bot.ask(CHINESE).citations[0].quote
    assert page.evaluate("document.activeElement.matches('.wd-reader mark.wd-current')")
    page.wait_for_timeout(900)
    assert page.evaluate(
        "(() => { const of = (s) => document.querySelector(s).getBoundingClientRect();"
        " const [mark, over, pane] = ['mark.wd-current', '.wd-over', '.wd-reader'].map(of);"
        " return mark.top > over.bottom && mark.bottom < pane.bottom; })()"
    )
    assert not page.locator(".wd-card").first.is_visible()
    page.locator(".wd-reader [data-view=source]").click()
    assert page.locator(".wd-card mark").first.is_visible()


def test_the_contents_and_the_map_lead_into_the_article(page: Page) -> None:
    heading = page.locator(".wd-contents .wd-go").nth(5)
    name = heading.inner_text()
    heading.click()
    block = page.locator(".wd-page h3", has_text=name)
    block.wait_for()
    page.wait_for_timeout(900)
    box, over = block.bounding_box(), page.locator(".wd-over").bounding_box()
    assert box is not None
    assert over is not None
    assert over["y"] + over["height"] <= box["y"] < over["y"] + over["height"] + 80
    cell = page.locator(".wd-reader .wd-cell").first
    cell.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_timeout(900)
    assert page.locator(".wd-page h2").is_visible()


def test_the_quotes_of_an_earlier_answer_come_back(page: Page, bot: Chatbot) -> None:
    ask(page, CHINESE)
    ask(page, UNANSWERABLE)
    assert page.locator(".wd-card").count() == 0
    page.locator('#turn-1 [data-cite="1.1"]').first.click()
    page.locator(".wd-reader mark.wd-current").wait_for()
    assert page.locator(".wd-card mark").inner_text() == bot.ask(CHINESE).citations[0].quote


def test_a_chip_asks_its_question(page: Page, bot: Chatbot) -> None:
    question = bot.suggestions("en")[0]  # what is it about?
    page.get_by_role("button", name=question, exact=True).click()
    page.locator('#turn-1[aria-busy="false"]').wait_for()
    assert page.locator("#turn-1 .wd-question bdi").inner_text() == question


def test_the_box_is_emptied_and_ready_for_the_next_question(page: Page) -> None:
    ask(page, CHINESE)
    assert page.locator("#wd-box textarea").input_value() == ""


def test_hostile_text_is_shown_and_does_nothing(page: Page) -> None:
    attack = "<img src=x onerror=\"document.title='gone'\"> ${document.title='gone'} {{title}} 峰會在哪裡？"
    ask(page, attack)
    assert page.locator(".wd-question bdi").inner_text() == attack
    assert page.title() == "Wenda 問答"
    assert page.locator(".wd-log img").count() == 0


def test_the_interface_follows_the_browser_and_can_be_switched(page: Page) -> None:
    assert page.locator("html").get_attribute("lang") == "zh-Hant"
    for language, position in (("en", 2), ("zh-Hans", 1), ("zh-Hant", 0)):
        page.locator("#wd-language label").nth(position).click()
        page.locator(f"html[lang={language}]").wait_for(state="attached")
        words = WORDS[language]  # type: ignore[index]
        assert page.locator(".wd-welcome h1").inner_text() == words.invitation
        assert page.locator("#wd-clear").inner_text() == words.clear
        assert page.locator("#wd-box textarea").get_attribute("placeholder") == words.placeholder


def test_an_own_file_and_the_way_back(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "lighthouse.md"
    path.write_text(OWN, encoding="utf-8")
    page.locator("#wd-tools input[type=file]").set_input_files(str(path))
    page.locator(".wd-titles", has_text="湖邊的燈塔").wait_for()
    ask(page, "燈塔是哪一年建造的？")
    assert "1873" in page.locator(".wd-card mark").first.inner_text()
    page.locator("#wd-back").click()
    page.locator(".wd-titles", has_text="CICA").wait_for()
    assert page.locator("#wd-back").count() == 0


def test_light_and_dark_can_be_switched_and_are_remembered(page: Page) -> None:
    ground = "getComputedStyle(document.querySelector('.gradio-container')).backgroundColor"
    light = page.evaluate(ground)
    page.locator(".wd-theme").click()
    dark = page.evaluate(ground)
    assert dark != light
    page.reload()
    page.locator(".wd-welcome").wait_for()
    assert page.evaluate(ground) == dark


def test_everything_can_be_done_from_the_keyboard(page: Page) -> None:
    page.locator("#wd-box textarea").focus()
    page.keyboard.type(CHINESE)
    page.keyboard.press("Enter")
    page.locator('#turn-1[aria-busy="false"]').wait_for()
    page.locator(".wd-log").focus()
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.cite") == "1.1":
            break
    page.keyboard.press("Enter")
    page.locator(".wd-reader mark.wd-current").wait_for()


def test_an_answer_is_copied_with_its_references(page: Page, bot: Chatbot) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, CHINESE)
    page.locator("#turn-1 [data-copy]").click()
    page.locator("#turn-1 [data-copy]", has_text=WORDS["zh-Hant"].copied).wait_for()
    titles = {article.source: article.title for article in bot.articles}
    assert page.evaluate("navigator.clipboard.readText()") == plain_text(bot.ask(CHINESE), titles)


@pytest.mark.parametrize("kind", ["md", "json"])
def test_the_conversation_is_downloaded(page: Page, bot: Chatbot, kind: str) -> None:
    ask(page, CHINESE)
    with page.expect_download() as download:
        page.locator(f"[data-export={kind}]").click()
    assert download.value.suggested_filename == f"wenda.{kind}"
    text = Path(download.value.path()).read_text(encoding="utf-8")
    answer, titles = bot.ask(CHINESE), {article.source: article.title for article in bot.articles}
    assert text == (markdown if kind == "md" else conversation_json)([answer], titles)


def test_the_conversation_comes_back_until_it_is_started_again(page: Page, url: str) -> None:
    ask(page, CHINESE)
    page.wait_for_timeout(300)
    page.reload()
    page.locator("#turn-1").wait_for()
    assert page.locator("#turn-1 .wd-question bdi").inner_text() == CHINESE
    page.locator("#wd-clear").click()
    page.locator("#turn-1").wait_for(state="detached")
    page.wait_for_timeout(300)
    page.reload()
    page.locator(".wd-welcome").wait_for()
    assert page.locator(".wd-turn").count() == 0


@pytest.mark.parametrize(("page", "theme"), [("desk", "light"), ("phone", "dark")], indirect=["page"])
def test_an_accessibility_checker_finds_nothing(page: Page, theme: str) -> None:
    ask(page, CHINESE)
    ask(page, UNANSWERABLE)
    page.locator('#turn-1 a[data-cite="1.1"]').click()
    page.locator(".wd-reader mark.wd-current").wait_for()
    page.wait_for_timeout(2500)  # what fades in has its colours
    if theme == "dark":
        page.evaluate("document.body.classList.add('dark')")
        page.wait_for_timeout(500)
    found = Axe().run(page)["violations"]
    serious = [
        (rule["id"], node["html"][:200], node["failureSummary"])
        for rule in found
        for node in rule["nodes"]
        if rule["impact"] in ("serious", "critical")
    ]
    assert serious == []


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_on_a_phone_the_sources_wait_below_the_edge(page: Page) -> None:
    side = page.locator("#wd-side")
    assert not side.is_visible()
    ask(page, CHINESE)
    page.locator('#turn-1 a[data-cite="1.1"]').click()
    page.locator(".wd-reader mark.wd-current").wait_for()
    assert side.is_visible()
    page.locator(".wd-reader .wd-close").click()
    side.wait_for(state="hidden")
    assert page.evaluate("document.documentElement.scrollWidth") == SIZES["phone"][0]
