"""The command line, on small articles of our own: what it prints, its exit status, and how it fails."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.article import Hit, Passage
from qa.answer import Answer, Citation
from qa.cli import main, parser
from qa.terminal import answer_text, passages_text

CHINESE = """# 白石燈塔

白石燈塔建於1887年，由工程師林承恩設計。塔高二十三公尺，光程十八海里。

## 看守人

最後一位看守人是陳秀英，她在島上住了三十一年。2004年燈塔改為自動運作，她搬回鎮上。

## 參觀

燈塔每逢週六和週日開放，門票五十元。碼頭到燈塔步行約四十分鐘。
"""
ENGLISH = """# The Millbrook Bakery Cooperative

The Millbrook Bakery Cooperative was founded in 1974 by eleven families. It bakes about 2,400 loaves a day.

Its best-known bread is a sourdough rye, made with a starter that Ingrid Solberg brought from Bergen.
"""


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str


Wenda = Callable[..., Done]


@pytest.fixture
def wenda(capsys: pytest.CaptureFixture[str]) -> Wenda:
    """Runs the command line in this process."""

    def run(*arguments: str | Path) -> Done:
        capsys.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err)

    return run


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("articles")
    (path / "lighthouse.md").write_text(CHINESE, encoding="utf-8")
    (path / "bakery.md").write_text(ENGLISH, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def saved(folder: Path) -> Path:
    """An index of both articles, made by the command line."""
    index = folder / "both.wenda"
    assert main(["index", "build", str(index), str(folder / "lighthouse.md"), str(folder / "bakery.md")]) == 0
    return index


def test_an_answer_in_the_terminal(wenda: Wenda, folder: Path) -> None:
    article = folder / "lighthouse.md"
    done = wenda("ask", "--article", article, "白石燈塔建於哪一年？")
    assert (done.status, done.err) == (0, "")
    assert "1887年" in done.out
    assert f"\n\n[1] {article}:3\n" in done.out


def test_an_answer_as_json(wenda: Wenda, folder: Path) -> None:
    done = wenda("ask", "--article", folder / "lighthouse.md", "--json", "最后一位看守人是谁？")
    assert (done.status, done.err) == (0, "")
    answer = json.loads(done.out)
    assert list(answer) == [
        "question",
        "language",
        "answer",
        "abstained",
        "confidence",
        "citations",
        "passages",
        "rewritten",
        "note",
        "unsupported",
        "flagged",
        "usage",
    ]
    assert (answer["question"], answer["language"], answer["abstained"]) == (
        "最后一位看守人是谁？",
        "zh-Hans",
        False,
    )
    quote = answer["citations"][0]
    assert list(quote) == ["quote", "source", "page", "line", "start", "end"]
    assert "陳秀英" in quote["quote"]
    assert (quote["source"], quote["page"], quote["line"]) == (str(folder / "lighthouse.md"), None, 7)
    assert list(answer["passages"][0]) == ["text", "score", "source", "start", "end"]
    assert "陳秀英" in done.out, "JSON shows Chinese as Chinese"


def test_an_abstention_is_exit_status_3(wenda: Wenda, folder: Path) -> None:
    done = wenda("ask", "--article", folder / "bakery.md", "How do I reset my router?")
    assert (done.status, done.err) == (3, "")
    assert done.out.strip()
    again = wenda("ask", "--json", "--article", folder / "bakery.md", "How do I reset my router?")
    assert again.status == 3
    assert json.loads(again.out)["abstained"] is True
    assert json.loads(again.out)["citations"] == []


def test_several_articles_and_a_saved_index_answer_alike(wenda: Wenda, folder: Path, saved: Path) -> None:
    both = ["--article", folder / "lighthouse.md", "--article", folder / "bakery.md"]
    for question, source in (("Who brought the starter?", "bakery.md"), ("塔高多少？", "lighthouse.md")):
        fresh = wenda("ask", *both, "--json", question)
        stored = wenda("ask", "--index", saved, "--json", question)
        assert (fresh.status, stored.status) == (0, 0)
        assert json.loads(fresh.out) == json.loads(stored.out)
        assert json.loads(fresh.out)["citations"][0]["source"] == str(folder / source)


def test_a_folder_is_asked_past_the_files_that_cannot_be_read(
    wenda: Wenda, folder: Path, tmp_path: Path
) -> None:
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    (mixed / "lighthouse.md").write_bytes((folder / "lighthouse.md").read_bytes())
    (mixed / "scan.pdf").write_bytes(b"%PDF-1.4 broken")
    done = wenda("ask", "--article", mixed, "--json", "塔高多少？")
    assert done.status == 0
    assert json.loads(done.out)["citations"][0]["source"] == str(mixed / "lighthouse.md")
    assert [line.startswith(f"wenda: {mixed / 'scan.pdf'}") for line in done.err.splitlines()] == [True]


def test_search_shows_the_nearest_passages(wenda: Wenda, saved: Path, folder: Path) -> None:
    done = wenda("search", "--index", saved, "-k", "2", "sourdough starter from Bergen")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("1. ")
    assert f"{folder / 'bakery.md'}:" in done.out.splitlines()[0]
    data = json.loads(wenda("search", "--index", saved, "-k", "2", "--json", "門票多少錢").out)
    assert data["query"] == "門票多少錢"
    assert len(data["passages"]) == 2
    assert "門票五十元" in data["passages"][0]["text"]
    assert data["passages"][0]["score"] >= data["passages"][1]["score"]


def test_the_bundled_article_is_the_default(wenda: Wenda) -> None:
    done = wenda("search", "--json", "-k", "1", "亞信會議成員國")
    assert done.status == 0
    assert json.loads(done.out)["passages"][0]["source"].endswith("guide.zh-Hant.md")


def test_a_question_from_standard_input(wenda: Wenda, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    question = "門票多少錢？"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(question.encode())))
    done = wenda("ask", "--article", folder / "lighthouse.md", "--json", "-")
    assert (done.status, json.loads(done.out)["question"]) == (0, question)


def bad(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_bad_input_is_one_line_and_exit_status_2(wenda: Wenda, folder: Path, tmp_path: Path) -> None:
    good = folder / "lighthouse.md"
    broken = tmp_path / "broken.wenda"
    broken.mkdir()
    (broken / "manifest.json").write_text("{", encoding="utf-8")
    binary = bad(tmp_path, "picture.txt", bytes(range(256)) * 40)
    empty = bad(tmp_path, "empty.txt", b"")
    for names, arguments in (
        ("missing.txt", ["ask", "--article", tmp_path / "missing.txt", "何時？"]),
        ("empty.txt", ["ask", "--article", empty, "何時？"]),
        ("picture.txt", ["ask", "--article", binary, "何時？"]),
        ("broken.wenda", ["ask", "--index", broken, "何時？"]),
        ("nowhere.wenda", ["search", "--index", tmp_path / "nowhere.wenda", "何時？"]),
        ("", ["ask", "--article", good, ""]),
        ("", ["ask", "--article", good, "  \n"]),
        ("no-such-encoder", ["ask", "--article", good, "--encoder", tmp_path / "no-such-encoder", "何時？"]),
        ("none.jsonl", ["evaluate", "--article", good, "--questions", tmp_path / "none.jsonl"]),
        ("missing.txt", ["index", "build", tmp_path / "out.wenda", tmp_path / "missing.txt"]),
    ):
        done = wenda(*arguments)
        assert (done.status, done.out) == (2, ""), arguments
        assert done.err.startswith("wenda: ")
        assert done.err.count("\n") == 1, done.err
        assert names in done.err


def test_a_question_of_100_000_characters_is_an_error(
    wenda: Wenda, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(("何" * 100_000).encode())))
    done = wenda("ask", "--article", folder / "lighthouse.md", "-")
    assert done.status == 2
    assert done.err.count("\n") == 1
    assert len(done.err) < 500


@pytest.mark.parametrize("question", ["灯台はいつ建てられましたか？", "🥐🏠💡", "?", "a" * 300])
def test_odd_questions_get_a_sane_answer(wenda: Wenda, folder: Path, question: str) -> None:
    done = wenda("ask", "--article", folder / "bakery.md", question)
    assert done.status in {0, 3}
    assert done.err == ""
    assert done.out.strip()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["asks", "何時？"],
        ["ask"],
        ["search", "-k", "0", "何時？"],
        ["search", "-k", "many", "何時？"],
        ["chat", "--port", "99999"],
        ["evaluate"],
        ["index"],
        ["ask", "--article", "a.txt", "--index", "b.wenda", "何時？"],
    ],
)
def test_arguments_that_make_no_sense_are_exit_status_2(wenda: Wenda, arguments: list[str]) -> None:
    done = wenda(*arguments)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("usage: wenda")


def test_evaluate(wenda: Wenda, folder: Path, tmp_path: Path) -> None:
    rows = [
        {"question": "白石燈塔建於哪一年？", "answers": ["1887"], "evidence": "白石燈塔建於1887年"},
        {"question": "燈塔門票多少錢？", "answers": ["五十元"], "evidence": "門票五十元"},
        {"question": "How do I reset my router?", "answers": []},
    ]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    done = wenda("evaluate", "--article", folder / "lighthouse.md", "--questions", questions, "--json")
    assert done.status == 0
    whole = json.loads(done.out)["groups"][0]
    assert whole["group"] == "all"
    assert whole["evidence_at_5"] == {"share": 1.0, "hits": 2, "of": 2}
    assert whole["answer_right"] == {"share": 1.0, "hits": 2, "of": 2}
    assert whole["abstained"] == {"share": 1.0, "hits": 1, "of": 1}
    assert whole["quotes_true"]["share"] == 1.0
    table = wenda("evaluate", "--article", folder / "lighthouse.md", "--questions", questions, "--verbose")
    assert table.status == 0
    assert "| all | 3 | " in table.out


def test_evaluate_on_rows_that_bring_their_articles(wenda: Wenda, tmp_path: Path) -> None:
    one = {
        "question": "Who brought the starter?",
        "answers": ["Ingrid Solberg"],
        "evidence": "Ingrid Solberg",
    }
    row = {
        "id": "b",
        "text": ENGLISH,
        "questions": [one],
        "unanswerable": [{"question": "黑洞的質量是多少？", "kind": "far"}],
    }
    questions = tmp_path / "articles.jsonl"
    questions.write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    done = wenda("evaluate", "--questions", questions, "--json")
    assert done.status == 0
    groups = {group["group"]: group for group in json.loads(done.out)["groups"]}
    assert set(groups) == {"all", "en", "zh-Hant", "same language", "across languages"}
    assert groups["same language"]["answer_right"]["hits"] == 1
    assert groups["across languages"]["abstained_far"]["hits"] == 1


def test_the_chat_names_a_port_that_is_taken(wenda: Wenda, folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = wenda("chat", "--article", folder / "bakery.md", "--port", port)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("wenda: ")
    assert str(port) in done.err
    assert done.err.count("\n") == 1


def test_interrupting_is_exit_status_130(wenda: Wenda, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Interrupted()))
    assert wenda("ask", "-") == Done(130, "", "")


def test_a_closed_pipe_is_quiet(saved: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "qa.cli", "search", "--index", saved, "門票"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[1],
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_output_is_utf8_in_any_locale(folder: Path) -> None:
    environment = os.environ | {
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
    }
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "qa.cli",
            "ask",
            "--article",
            folder / "lighthouse.md",
            "白石燈塔建於哪一年？",
        ],
        capture_output=True,
        cwd=Path(__file__).parents[1],
        env=environment,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "白石燈塔建於1887年" in done.stdout.decode("utf-8")


def test_version_and_help(wenda: Wenda) -> None:
    assert wenda("--version").out == "wenda 0.1.0\n"
    done = wenda("--help")
    assert done.status == 0
    for command in ("chat", "ask", "search", "index", "evaluate"):
        assert f"\n    {command} " in done.out


def test_defaults_keep_the_chat_on_this_machine() -> None:
    arguments = parser().parse_args(["chat"])
    assert (arguments.host, arguments.port, arguments.article, arguments.index, arguments.encoder) == (
        "127.0.0.1",
        7860,
        None,
        None,
        None,
    )


def test_control_characters_do_not_reach_the_terminal() -> None:
    hit = Hit(Passage("a\x1b.txt", "第一行\x1b[2J\n第二行\x07", 0, 12, line=4), 0.5)
    cited = Citation("引\x9b文", "a.txt", 2, 9, 0, 3)
    shown = answer_text(Answer("?", "zh-Hant", "答\r案[1]", False, 0.9, (cited,)))
    assert shown == "答\ufffd案[1]\n\n[1] a.txt:9 (page 2)\n    引\ufffd文"
    assert passages_text([hit]) == "1. 0.500  a\ufffd.txt:4\n    第一行\ufffd[2J\n    第二行\ufffd"
    assert passages_text([hit], colour=True).startswith("1. 0.500  \x1b[2ma\ufffd.txt:4\x1b[0m\n")
