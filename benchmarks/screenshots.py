"""Saves pictures of the chat's main states, on a desk and on a phone, in light and dark, for people to look at.

    python benchmarks/screenshots.py FOLDER [--url http://127.0.0.1:7860]

Needs Debian's ``chromium`` and ``fonts-noto-cjk`` and, from PyPI, ``playwright``. Without ``--url`` it serves
the bundled article itself. Ends with status 1 if the page reported an error or asked another host for anything.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SIZES = {"desk": (1280, 800), "phone": (390, 844)}
THEMES = ("light", "dark")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHINESE, ENGLISH = "第四屆亞信峰會在哪裡舉行？", "How many members does CICA have?"
UNANSWERABLE = "富士山有多高？"
OWN = {
    "lighthouse.md": "# The lighthouse by the lake\n\n## Building\n\nThe lighthouse was built in 1873.[^1] It is 32 metres high."
    "\n\n[^1]: The plans are kept in the town hall.\n",
    "tea.md": "# 高山茶\n\n茶樹長在海拔一千公尺以上的霧裡，每年採四次。\n",
    "empty.txt": "",
}
# It takes a few seconds to read, so that there is time to look.
LONG = "\n\n".join(f"Paragraph {n} tells of lamp {n} and its keeper. " * 4 for n in range(4000))


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless Chromium."""
    from playwright.sync_api import sync_playwright

    executable = shutil.which("chromium") or shutil.which("chromium-browser")
    if executable is None:
        sys.exit("Chromium is missing: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def browser_page(
    browser: Browser, size: tuple[int, int], theme: str, locale: str, problems: list[str]
) -> Iterator[Page]:
    """A page of a visitor of its own; what goes wrong in it is added to ``problems``."""
    with browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=locale,
        color_scheme="dark" if theme == "dark" else "light",
        has_touch=size[0] < 600,
    ) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"error on the page: {error}"))
        page.on("request", lambda request: problems.extend(foreign(request.url)))
        yield page


def foreign(url: str) -> list[str]:
    """The request, if it goes to another host than this one."""
    local = ("http://127.0.0.1:", "http://localhost:", "ws://127.0.0.1:", "data:", "blob:", "about:")
    return [] if url.startswith(local) else [f"request to another host: {url}"]


def ask(page: Page, question: str) -> None:
    """Types a question, sends it and waits for the whole answer."""
    turns = page.locator(".wd-turn").count()
    page.locator("#wd-box textarea").fill(question)
    page.locator("#wd-box textarea").press("Enter")
    page.locator(f'#turn-{turns + 1}[aria-busy="false"]').wait_for(timeout=60_000)
    page.wait_for_timeout(700)  # smooth scrolling


def states(page: Page, url: str) -> Iterator[str]:
    """Brings the page into one state after another and names each."""
    page.goto(url)
    page.locator(".wd-welcome").wait_for(timeout=60_000)
    page.wait_for_timeout(800)
    yield "welcome"
    ask(page, CHINESE)
    yield "answer"
    page.locator("#turn-1 a.wd-number").first.click()
    page.locator(".wd-reader mark.wd-current").wait_for()
    page.wait_for_timeout(900)
    yield "source"
    page.keyboard.press("Escape")
    ask(page, UNANSWERABLE)
    yield "abstention"
    page.locator("#wd-language label").nth(2).click()
    page.locator(".wd-log[lang=en]").wait_for()
    ask(page, ENGLISH)
    yield "english"
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (OWN | {"long.md": LONG}).items():
            (Path(folder) / name).write_text(text, encoding="utf-8")
        upload = page.locator("#wd-tools input[type=file]")
        upload.set_input_files(str(Path(folder) / "long.md"))
        page.locator(".wd-progress").wait_for(timeout=60_000)
        yield "reading"
        page.locator(".wd-progress [data-halt]").click()
        page.locator(".wd-progress").wait_for(state="detached")
        upload.set_input_files([str(Path(folder) / name) for name in OWN])
        page.locator(".wd-picker [data-remove]").first.wait_for(timeout=60_000)
    page.wait_for_timeout(700)
    yield "own"
    ask(page, "When was the lighthouse built?")
    page.locator(".wd-log a.wd-number").last.click()
    page.locator(".wd-reader mark.wd-current").wait_for()
    page.wait_for_timeout(900)
    yield "footnote"


def take(url: str, folder: Path) -> list[str]:
    """Saves every state in every size and theme as ``folder/size-theme-state.png``; gives the problems met."""
    problems: list[str] = []
    with chromium() as browser:
        for (size, pixels), theme in product(SIZES.items(), THEMES):
            with browser_page(browser, pixels, theme, "zh-TW", problems) as page:
                for state in states(page, url):
                    page.screenshot(path=folder / f"{size}-{theme}-{state}.png")
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description="Save screenshots of the chat.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--url", help="a chat that is already served")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    if arguments.url:
        problems = take(arguments.url, arguments.folder)
    else:
        from qa import Chatbot
        from ui.app import start

        blocks = start(Chatbot.default())
        problems = take(blocks.local_url, arguments.folder)
        blocks.close()
    print("\n".join(problems) or f"saved in {arguments.folder}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
