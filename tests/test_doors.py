"""Accounts, limits and the tools for programs: who may come in, and how often."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from hypothesis import given
from hypothesis import strategies as st

from index.errors import WendaError
from qa.chatbot import Chatbot
from qa.cli import main
from tests.conftest import free_port, served, serving
from tests.patient import fill_queue, patient_chat
from tests.proxy import proxied
from tests.test_app import QUESTIONS
from ui import app
from ui.doors import Accounts, Doors, Limiter
from ui.texts import WORDS

NEEDS_MCP = pytest.mark.skipif(
    find_spec("mcp") is None, reason="needs the mcp package: pip install 'wenda[mcp]'"
)


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    path = tmp_path / "accounts"
    path.write_text("# who may come in\n\nwu:open:sesame\n李:芝麻\n", encoding="utf-8")
    path.chmod(0o600)
    return path


def test_accounts_are_read_and_checked(accounts: Path) -> None:
    known = Accounts.read(accounts)
    assert known.admit("wu", "open:sesame")
    assert known.admit("李", "芝麻")
    assert not known.admit("wu", "open")
    assert not known.admit("nobody", "")
    assert "sesame" not in repr(known)


@pytest.mark.parametrize(
    ("text", "mode", "message"),
    [
        ("wu:x", 0o644, "can be read by others: chmod 600"),
        ("wu:x\nli\n", 0o600, "line 2: write name:password"),
        ("# nobody\n", 0o600, "holds no account"),
    ],
)
def test_bad_accounts_are_one_clear_line(accounts: Path, text: str, mode: int, message: str) -> None:
    accounts.write_text(text, encoding="utf-8")
    accounts.chmod(mode)
    with pytest.raises(WendaError, match=message):
        Accounts.read(accounts)
    with pytest.raises(WendaError, match="Cannot read the accounts"):
        Accounts.read(accounts.parent / "missing")


@given(st.lists(st.floats(0, 30), max_size=60), st.integers(1, 5))
def test_no_minute_has_more_than_is_admitted(steps: list[float], per_minute: int) -> None:
    now = 0.0
    limiter = Limiter(per_minute, clock=lambda: now)
    admitted: list[float] = []
    for step in steps:
        now += step
        recent = [time for time in admitted if time > now - 60]
        expected = len(recent) < per_minute
        assert limiter.admit("a") is expected
        if expected:
            admitted.append(now)


def test_one_visitor_does_not_use_up_the_minute_of_another() -> None:
    limiter = Limiter(1, clock=lambda: 0.0)
    assert [limiter.admit(name) for name in "aabb"] == [True, False, True, False]
    assert all(Limiter(0).admit("a") for _ in range(100))


@pytest.mark.slow
def test_a_guarded_chat_lets_in_who_has_an_account_and_stops_who_asks_too_fast(
    accounts: Path, saved: str
) -> None:
    with served("--index", saved, "--auth-file", str(accounts), "--per-minute", "3") as url:
        assert httpx.post(url + "gradio_api/call/ask", json={"data": ["茶？"]}).status_code == 401
        client = Client(url, auth=("李", "芝麻"), verbose=False)
        for _ in range(3):
            assert "上海" in client.predict(QUESTIONS["zh-Hant"], api_name="/ask")["answer"]
        with pytest.raises(AppError, match="too fast"):
            client.predict(QUESTIONS["zh-Hant"], api_name="/search")
        conversation, *_ = client.submit(QUESTIONS["zh-Hant"], "zh-Hant", api_name="/chat").result()
        assert WORDS["zh-Hant"].limit_error in conversation


def test_mcp_without_its_package_is_a_clear_error(bot: Chatbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp", None)  # as if it were not installed
    with pytest.raises(WendaError, match=r"pip install 'wenda\[mcp\]'"):
        app.start(bot, port=free_port(), doors=Doors(mcp=True))


@pytest.mark.slow
def test_who_comes_to_a_full_queue_is_turned_away(saved: str) -> None:
    with patient_chat(free_port(), saved, queue=1) as chat:
        client, jobs = Client(chat.url, verbose=False), fill_queue(chat)
        with pytest.raises(Exception, match="Queue is full"):
            client.predict(QUESTIONS["en"], api_name="/ask")
        # The page opens all the same.
        page = {"data": [None, []], "session_hash": "another"}
        opened = httpx.post(f"{chat.url}gradio_api/run/greet", json=page, headers={"accept-language": "en"})
        assert WORDS["en"].promise in opened.json()["data"][6]
        chat.go()
        assert ["Shanghai" in job.result(timeout=60)["answer"] for job in jobs] == [True] * 5


@pytest.mark.slow
def test_the_chat_is_served_under_the_path_of_a_proxy(bot: Chatbot, saved: str) -> None:
    options = ("--index", saved, "--root-path", "/wenda", "--per-minute", "1")
    with served(*options) as url, proxied(url, "/wenda") as address:
        assert httpx.get(address.replace("/wenda", "")).status_code == 404
        for visitor in ("192.0.2.1", "192.0.2.2"):  # told apart by what the proxy says of them
            client = Client(address, verbose=False, headers={"x-forwarded-for": visitor})
            assert client.predict(QUESTIONS["en"], api_name="/ask") == bot.ask(QUESTIONS["en"]).to_dict()
            with pytest.raises(AppError, match="too fast"):
                client.predict(QUESTIONS["en"], api_name="/ask")


@pytest.mark.slow
@NEEDS_MCP
def test_an_mcp_client_gets_the_json_of_the_command_line(
    saved: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def ask(url: str, server: subprocess.Popen[str]) -> tuple[set[str], list[str], int]:
        async with (
            streamable_http_client(f"{url}gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = {tool.name for tool in (await session.list_tools()).tools}
            answered = await session.call_tool("ask", {"question": QUESTIONS["en"]})
            found = await session.call_tool("search", {"query": "上海", "k": 3})
            texts = [given.content[0].text for given in (answered, found)]  # type: ignore[union-attr]
            server.terminate()
            return tools, texts, server.wait(timeout=30)

    with serving("--index", saved, "--mcp") as (url, server):
        tools, texts, status = asyncio.run(ask(url, server))
    assert tools == {"ask", "search"}
    for text, command in zip(texts, (["ask", QUESTIONS["en"]], ["search", "-k", "3", "上海"]), strict=True):
        assert main([command[0], "--json", "--index", saved, *command[1:]]) == 0
        assert text == capsys.readouterr().out.rstrip("\n")
    assert status == 0  # though a client was connected, it ended when it was asked to


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_the_server_ends_when_it_is_asked_to(saved: str, ending: signal.Signals) -> None:
    with serving("--index", saved) as (url, server):
        assert Client(url, verbose=False).predict(QUESTIONS["en"], api_name="/ask")["abstained"] is False
        server.send_signal(ending)
        assert server.wait(timeout=30) == 0
