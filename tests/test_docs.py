"""What the documentation says is tried: examples run, commands exist, answers are real, links lead somewhere."""

from __future__ import annotations

import contextlib
import doctest
import importlib.util
import io
import itertools
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.cli import main, parser

ROOT = Path(__file__).parents[1]
READMES = ("README.md", "README.zh-Hant.md")
PAGES = (*READMES, "CONTRIBUTING.md", "CHANGELOG.md")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`((?:\.venv/bin/)?(?:wenda|make|python -m|pip install)\b[^`\n]*)`")


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return [body for name, body in FENCE.findall(read(page)) if name == language]


def commands(page: str) -> Iterator[str]:
    """Every command line of a page: after a prompt, in a shell block, or alone in code marks."""
    for block in blocks(page, "console"):
        yield from (line[2:] for line in block.splitlines() if line.startswith("$ "))
    yield from (line for block in blocks(page, "bash") for line in block.splitlines() if line.strip())
    yield from INLINE.findall(FENCE.sub("", read(page)))


def words(command: str) -> list[str]:
    """A command's words, without variables before it, redirections, comments and the environment's folder."""
    parts = shlex.split(re.split(r" [<>|] ", command)[0], comments=True)
    while parts and re.match(r"\w+=", parts[0]):
        parts.pop(0)
    return [parts[0].removeprefix(".venv/bin/"), *parts[1:]] if parts else []


def parses(arguments: list[str]) -> bool:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            parser().parse_args(arguments)
        except SystemExit as end:
            return end.code == 0
    return True


def exists(parts: list[str]) -> bool:
    """True where a command can be run as it is written; only ours are looked at."""
    if parts[0] == "wenda":
        only_named = all(
            part.isascii() and part.isalpha() for part in parts
        )  # `wenda index build` in running text
        return parses([*parts[1:], "--help"] if only_named else parts[1:])
    if parts[0] == "make":
        targets = re.findall(r"^([\w-]+):", read("Makefile"), re.MULTILINE)
        return {part for part in parts[1:] if "=" not in part} <= set(targets)
    if parts[:2] == ["python", "-m"]:
        return importlib.util.find_spec(parts[2]) is not None
    return True


@pytest.mark.parametrize("page", ["README.md", "README.zh-Hant.md", "CONTRIBUTING.md"])
def test_every_command_exists(page: str) -> None:
    tried = [parts for command in commands(page) if len(parts := words(command)) > 1]
    assert tried
    assert [shlex.join(parts) for parts in tried if not exists(parts)] == []


@pytest.mark.parametrize("page", READMES)
def test_the_python_examples_run_and_print_what_they_show(page: str) -> None:
    examples = blocks(page, "pycon")
    assert examples
    output = io.StringIO()
    for number, example in enumerate(examples, start=1):
        test = doctest.DocTestParser().get_doctest(example, {}, f"{page}, example {number}", page, 0)
        assert test.examples
        result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.FAIL_FAST).run(
            test, out=output.write
        )
        assert result.failed == 0, output.getvalue()


@pytest.mark.parametrize("page", READMES)
def test_the_answers_shown_are_the_answers_given(page: str) -> None:
    shown = [
        (command, output)
        for block in blocks(page, "console")
        for command, output in re.findall(
            r"^\$ ([^\n]*wenda (?:ask|search) [^\n]*)\n((?:(?!\$ ).*\n?)*)", block, re.MULTILINE
        )
        if output.strip()
    ]
    assert shown
    for command, output in shown:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            status = main(words(command)[1:])
        assert status in {0, 3}
        assert printed.getvalue().strip() == output.strip(), command


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", read(page)):
        assert target.startswith("https://") or (ROOT / target).exists(), f"{page}: {target}"


def test_both_readmes_have_the_same_parts() -> None:
    english, chinese = (read(page) for page in READMES)
    outline = re.compile(r"^#+ ", re.MULTILINE)
    assert outline.findall(FENCE.sub("", english)) == outline.findall(FENCE.sub("", chinese))
    options = re.compile(r"`(--[\w-]+)")
    assert sorted(options.findall(english)) == sorted(options.findall(chinese))


def test_every_dependency_has_its_reason_and_no_other() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *itertools.chain(*project["optional-dependencies"].values())]
    table = read("CONTRIBUTING.md").split("## Dependencies")[1].split("\n## ")[0]
    reasons = {
        name
        for row in re.findall(r"^\| (.*?) \|", table, re.MULTILINE)
        for name in re.findall("`(.+?)`", row)
    }
    assert reasons == {re.split(r"[^\w-]", line)[0] for line in wanted}
