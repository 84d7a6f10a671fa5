"""Accounts, limits and the tools for programs: who may come in, and how often."""

from __future__ import annotations

import ast
import asyncio
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from hypothesis import given
from hypothesis import strategies as st

from index.errors import WendaError
from qa.chatbot import Chatbot
from tests.conftest import free_port, served
from tests.test_app import QUESTIONS
from ui import app
from ui.doors import Accounts, Doors, Limiter
from ui.texts import WORDS


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
def test_a_guarded_chat_lets_in_who_has_an_account_and_stops_who_asks_too_fast(accounts: Path) -> None:
    with served("--auth-file", str(accounts), "--per-minute", "3") as url:
        assert httpx.post(url + "gradio_api/call/ask", json={"data": ["茶？"]}).status_code == 401
        client = Client(url, auth=("李", "芝麻"), verbose=False)
        for _ in range(3):
            assert "上海" in client.predict(QUESTIONS["zh-Hant"], api_name="/ask")["answer"]
        with pytest.raises(AppError, match="too fast"):
            client.predict(QUESTIONS["zh-Hant"], api_name="/search")
        conversation, *_ = client.submit(QUESTIONS["zh-Hant"], "zh-Hant", api_name="/chat").result()
        assert WORDS["zh-Hant"].limit_error in conversation


@pytest.mark.skipif(find_spec("mcp") is not None, reason="the mcp package is installed")
def test_mcp_without_its_package_is_a_clear_error(bot: Chatbot) -> None:
    with pytest.raises(WendaError, match=r"pip install 'wenda\[mcp\]'"):
        app.start(bot, port=free_port(), doors=Doors(mcp=True))


@pytest.mark.slow
@pytest.mark.skipif(find_spec("mcp") is None, reason="needs the mcp package: pip install 'wenda[mcp]'")
def test_an_mcp_client_gets_the_json_of_the_command_line(bot: Chatbot) -> None:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    async def ask(url: str) -> tuple[set[str], Any]:
        async with (
            streamable_http_client(f"{url}gradio_api/mcp/") as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await session.initialize()
            tools = {tool.name for tool in (await session.list_tools()).tools}
            given = await session.call_tool("ask", {"question": QUESTIONS["en"]})
            # Gradio writes what a tool returns as Python does, not as JSON.
            return tools, ast.literal_eval(given.content[0].text)  # type: ignore[union-attr]

    with served("--mcp") as url:
        tools, answer = asyncio.run(ask(url))
    assert tools == {"ask", "search"}
    assert answer == bot.ask(QUESTIONS["en"]).to_dict()
