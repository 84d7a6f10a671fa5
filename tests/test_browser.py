"""The page in headless Chromium: what only a browser can show."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from axe_core_python.sync_playwright import Axe

from benchmarks.screenshots import LONG, SIZES, ask, browser_page, chromium
from qa.chatbot import Chatbot
from qa.export import conversation_json, markdown, plain_text
from tests.conftest import free_port, served
from tests.patient import fill_queue, patient_chat
from tests.proxy import proxied
from tests.test_app import OWN, PLACES, QUESTIONS, UNANSWERABLE
from ui.texts import WORDS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; each has a visitor of its own in it."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, url: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh page; at the end, nothing has gone wrong in it and no other host was asked for anything."""
    problems: list[str] = []
    size = getattr(request, "param", "desk")
    with browser_page(browser, SIZES[size], "light", "zh-TW", problems) as page:
        page.set_default_timeout(60_000)
        page.goto(url)
        page.locator(".wd-welcome").wait_for()
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


def test_questions_in_three_scripts_follow_each_other_from_a_box_that_is_emptied(page: Page) -> None:
    for number, (language, question) in enumerate(QUESTIONS.items(), start=1):
        ask(page, question)
        assert page.locator("#wd-box textarea").input_value() == ""
        assert PLACES[language] in page.locator(f"#turn-{number} .wd-text").inner_text()


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


def files(folder: Path, **texts: str) -> list[str]:
    """Files of these names (with `.md`) and texts."""
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")
    return [str(folder / f"{name}.md") for name in texts]


def test_an_upload_tells_its_stages_and_can_be_halted(page: Page, tmp_path: Path) -> None:
    page.locator("#wd-tools input[type=file]").set_input_files(files(tmp_path, long=LONG))
    told = page.locator(".wd-progress [role=status]")
    page.locator(".wd-progress [role=status]", has_text="編碼").wait_for(timeout=60_000)
    assert re.fullmatch(r"編碼：第 [\d,]+ 段，共 [\d,]+ 段", told.inner_text())
    assert 30 <= float(page.locator(".wd-progress progress").get_attribute("value") or 0) < 90
    page.locator(".wd-progress [data-halt]").click()
    page.locator(".wd-progress").wait_for(state="detached")
    page.wait_for_timeout(500)
    assert page.locator(".wd-error").count() == 0  # that is no failure
    ask(page, CHINESE)  # the bundled article is still the one that is asked
    assert "上海" in page.locator("#turn-1 q").inner_text()
    assert page.locator("#wd-back").count() == 0


def test_other_files_are_read_after_some_were_halted_at_once(page: Page, tmp_path: Path) -> None:
    upload = page.locator("#wd-tools input[type=file]")
    upload.set_input_files(files(tmp_path, long=LONG))
    page.locator(".wd-progress").wait_for()
    page.locator(
        ".wd-progress [data-halt]"
    ).click()  # the file itself is still being read, which takes a second
    page.locator(".wd-progress").wait_for(state="detached")
    upload.set_input_files(files(tmp_path, lake=OWN, sea=OWN))
    page.locator(".wd-picker [data-remove]").first.wait_for()
    page.wait_for_timeout(2000)
    assert page.locator(".wd-picker [data-remove]").count() == 2
    assert page.locator(".wd-error, .wd-progress").count() == 0


def test_dropped_files_are_read_and_the_chosen_ones_asked(page: Page, tmp_path: Path) -> None:
    lake, sea = OWN, OWN.replace("1873", "1999").replace("湖邊", "海邊")
    names = {"lake.md": lake, "sea.md": sea, "empty.txt": ""}
    transfer = page.evaluate_handle(
        "(files) => { const data = new DataTransfer();"
        " for (const [name, text] of Object.entries(files)) data.items.add(new File([text], name));"
        " return data; }",
        names,
    )
    page.dispatch_event("#wd-box textarea", "dragover", {"dataTransfer": transfer})
    assert page.locator(".wd-drop").is_visible()
    page.dispatch_event("#wd-box textarea", "drop", {"dataTransfer": transfer})
    assert not page.locator(".wd-drop").is_visible()
    picker = page.locator(".wd-picker")
    picker.get_by_label("海邊的燈塔").first.wait_for(timeout=60_000)
    assert "empty.txt: the file is empty" in page.locator(".wd-error").inner_text()
    picker.get_by_label("湖邊的燈塔").first.uncheck()
    ask(page, "燈塔是哪一年建造的？")
    assert "1999" in page.locator(".wd-card mark").first.inner_text()
    picker.get_by_label("湖邊的燈塔").first.check()
    picker.get_by_label("海邊的燈塔").first.uncheck()
    ask(page, "燈塔是哪一年建造的？")
    assert "1873" in page.locator(".wd-card mark").first.inner_text()
    picker.get_by_role("button", name="海邊的燈塔").click()
    picker.wait_for(state="detached", timeout=60_000)
    assert page.locator(".wd-titles").inner_text().split() == ["湖邊的燈塔"]
    page.locator("#wd-back").click()
    page.locator(".wd-titles", has_text="CICA").wait_for()


def test_a_footnote_and_the_way_back(page: Page, tmp_path: Path) -> None:
    text = f"{OWN}\n守燈人住在塔裡。[^1]\n\n" + "湖水很深。\n\n" * 60 + "[^1]: 直到1950年。\n"
    page.locator("#wd-tools input[type=file]").set_input_files(files(tmp_path, noted=text))
    page.locator(".wd-titles button", has_text="湖邊的燈塔").click(timeout=60_000)
    mark = page.locator(".wd-page p:not(.wd-footnote) .wd-ref")
    note = page.locator(".wd-page .wd-footnote .wd-ref")
    mark.focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(1200)
    assert page.evaluate("document.activeElement.closest('.wd-footnote').innerText").endswith("直到1950年。")
    assert on_screen(page, ".wd-footnote .wd-ref")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1200)
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == mark.get_attribute(
        "aria-label"
    )
    assert on_screen(page, "p:not(.wd-footnote) .wd-ref")
    assert note.get_attribute("aria-label") != mark.get_attribute("aria-label")


def on_screen(page: Page, selector: str) -> bool:
    """Whether an element of the reading pane stands below its head and above its end."""
    return bool(
        page.evaluate(
            "(chosen) => { const of = (s) => document.querySelector(s).getBoundingClientRect();"
            " const [it, over, pane] = [`.wd-page ${chosen}`, '.wd-reader .wd-over', '.wd-reader'].map(of);"
            " return it.top >= over.bottom && it.bottom <= pane.bottom; }",
            selector,
        )
    )


def test_a_growing_answer_can_be_stopped_and_asked_again(browser: Browser, saved: str) -> None:
    problems: list[str] = []
    with (
        patient_chat(free_port(), saved) as chat,
        browser_page(browser, SIZES["desk"], "light", "zh-TW", problems) as page,
    ):
        page.set_default_timeout(60_000)
        page.goto(chat.url)
        page.locator(".wd-welcome").wait_for()
        box = page.locator("#wd-box textarea")
        box.fill(CHINESE)
        box.press("Enter")
        assert chat.says("begun")
        page.locator("#turn-1.wd-turn[aria-busy=true] .wd-text:not(.wd-thinking)").wait_for()
        assert box.input_value() == ""
        box.fill("下一題")
        box.press("Enter")
        assert box.input_value() == "下一題"  # not sent while an answer grows, and not lost
        page.locator("#turn-1 [data-stop]").click()
        assert chat.says("closed")  # nothing goes on being written for nobody
        page.locator(".wd-news", has_text=WORDS["zh-Hant"].stopped).wait_for()
        assert page.locator("[aria-busy=true]").count() == 0
        assert page.locator("#turn-1 q").count() == 0
        page.locator("#turn-1 [data-ask]").click()
        assert chat.says("begun")
        chat.go()
        page.locator('#turn-3[aria-busy="false"] q').wait_for()
        assert "上海" in page.locator("#turn-3 q").inner_text()
    assert problems == []


def test_who_comes_to_a_full_queue_is_told_so_in_their_language(browser: Browser, saved: str) -> None:
    problems: list[str] = []
    with (
        patient_chat(free_port(), saved, queue=1) as chat,
        browser_page(browser, SIZES["desk"], "light", "zh-TW", problems) as page,
    ):
        page.set_default_timeout(60_000)
        page.goto(chat.url)
        page.locator(".wd-welcome").wait_for()
        jobs = fill_queue(chat)
        box = page.locator("#wd-box textarea")
        box.fill(CHINESE)
        box.press("Enter")
        page.locator("#turn-1 .wd-error", has_text=WORDS["zh-Hant"].queue_error).wait_for()
        page.locator(".toast-body").wait_for(state="hidden")  # what Gradio says of it, in English
        assert box.input_value() == CHINESE  # to be sent again
        chat.go()
        assert all("Shanghai" in job.result(timeout=60)["answer"] for job in jobs)
        box.press("Enter")
        page.locator('#turn-2[aria-busy="false"] q').wait_for()
        assert "上海" in page.locator("#turn-2 q").inner_text()
    assert problems == []


def test_the_page_works_under_the_path_of_a_proxy(browser: Browser, saved: str) -> None:
    problems: list[str] = []
    with (
        served("--index", saved, "--root-path", "/wenda") as url,
        proxied(url, "/wenda") as address,
        browser_page(browser, SIZES["phone"], "light", "zh-TW", problems) as page,
    ):
        page.goto(address)
        page.locator(".wd-welcome").wait_for(timeout=60_000)
        ask(page, CHINESE)
        assert "上海" in page.locator("#turn-1 q").inner_text()
    assert problems == []


@pytest.mark.parametrize("language", WORDS)
def test_every_word_that_is_shown_or_read_aloud_is_in_the_language_of_the_interface(
    page: Page, bot: Chatbot, language: str
) -> None:
    ask(page, CHINESE)
    page.locator("#wd-language label").nth(list(WORDS).index(language)).click()  # type: ignore[arg-type]
    page.locator(f"html[lang={language}]").wait_for(state="attached")
    said = page.evaluate(SAID)
    words = dataclasses.replace(WORDS[language], map_cell="-")  # type: ignore[index] # it would match nearly anything
    known = {*dataclasses.astuple(words), *(each.own_name for each in WORDS.values())}
    patterns = [re.escape(word) for word in known]
    patterns = [re.sub(r"\\\{\w+\\\}", ".*", pattern) for pattern in patterns]
    whole = re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.DOTALL)
    assert len(said) > 60
    assert [text for text in said if not whole.fullmatch(text) and re.search(r"\w", text)] == []


# All text and all labels of the page but what is the article's, the visitor's, a number or the product's own name.
SAID = """() => {
  const ours = (node) => !node.closest("q, blockquote, cite, h2, [data-ask], .wd-titles, .wd-about h3, .wd-contents li," +
    " .wd-text, .wd-seal, .wd-cell, .wd-why dd, .wd-picker label, .wd-number, script, style, [data-export]");
  const seen = [];
  const walk = document.createTreeWalker(document.querySelector(".gradio-container"), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const { parentElement, textContent } = walk.currentNode;
    if (ours(parentElement) && textContent.trim()) seen.push(textContent.trim().replace(/^· | ·$/g, ""));
  }
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const node of document.querySelectorAll(`.gradio-container [${name}]`))
      if (ours(node) && node.getAttribute(name).trim()) seen.push(node.getAttribute(name).trim());
  return seen;
}"""


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
    assert WORDS["zh-Hant"].passages_gone in page.locator(".wd-source").first.inner_text()
    page.locator("#wd-clear").click()
    page.locator("#turn-1").wait_for(state="detached")
    page.wait_for_timeout(300)
    page.reload()
    page.locator(".wd-welcome").wait_for()
    assert page.locator(".wd-turn").count() == 0


def test_the_conversation_outlives_the_server(browser: Browser, saved: str) -> None:
    port = str(free_port())
    with browser_page(browser, SIZES["desk"], "light", "zh-TW", []) as page:
        page.set_default_timeout(60_000)
        with served("--port", port, "--index", saved) as url:
            page.goto(url)
            page.locator(".wd-welcome").wait_for()
            ask(page, CHINESE)
            page.wait_for_timeout(300)
        with served("--port", port, "--index", saved) as url:
            page.goto(url)
            page.locator("#turn-1").wait_for()
            assert page.locator("#turn-1 .wd-question bdi").inner_text() == CHINESE
            assert page.locator("#turn-1 q").count() > 0


@pytest.mark.parametrize(("page", "theme"), [("desk", "light"), ("phone", "dark")], indirect=["page"])
def test_an_accessibility_checker_finds_nothing(page: Page, theme: str, tmp_path: Path) -> None:
    if theme == "dark":
        page.locator(".wd-theme").click()
    ask(page, CHINESE)
    ask(page, UNANSWERABLE)
    page.locator('#turn-1 a[data-cite="1.1"]').click()
    page.locator(".wd-reader mark.wd-current").wait_for()
    assert serious(page) == []
    if page.locator(".wd-reader .wd-close").is_visible():
        page.locator(".wd-reader .wd-close").click()
    noted = f"{OWN}\n守燈人住在塔裡。[^1]\n\n[^1]: 直到1950年。\n"
    brought = files(tmp_path, noted=noted, tea="# 茶\n\n茶樹長在山上。\n", empty="")
    upload = page.locator("#wd-tools input[type=file]")
    upload.set_input_files(files(tmp_path, long=3 * LONG))  # the checker takes its time
    page.locator(".wd-progress").wait_for()
    assert serious(page, settle=0) == []
    page.locator(".wd-progress [data-halt]").click()
    page.locator(".wd-progress").wait_for(state="detached")
    upload.set_input_files(brought)
    page.locator(".wd-picker [data-remove]").first.wait_for()
    page.locator(".wd-picker input").first.uncheck()
    page.locator(".wd-titles button", has_text="湖邊的燈塔").click()
    page.locator(".wd-ref").first.wait_for()
    assert serious(page) == []


def serious(page: Page, settle: int = 2500) -> list[tuple[str, str, str]]:
    """What axe finds serious; first, what fades in gets time for that (milliseconds)."""
    page.wait_for_timeout(settle)
    return [
        (rule["id"], node["html"][:200], node["failureSummary"])
        for rule in Axe().run(page)["violations"]
        for node in rule["nodes"]
        if rule["impact"] in ("serious", "critical")
    ]


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
