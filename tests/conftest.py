"""What several test modules share: the bundled chatbot, and the chat served by the real command."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from qa.chatbot import Chatbot

ROOT = Path(__file__).parents[1]
# A process heeds Ctrl-C as at a terminal, even if the tests were started in the background, where it is ignored.
CHAT = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from qa.cli import main; main()"
)

# How long an example takes says more of the machine than of the program.
settings.register_profile("wenda", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("wenda")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def bot() -> Chatbot:
    """The bundled chatbot; tests that change one make their own."""
    return Chatbot.default()


@pytest.fixture(scope="session")
def saved(bot: Chatbot, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of the bundled chatbot's index: with ``--index`` a process starts without encoding it anew."""
    folder = tmp_path_factory.mktemp("saved") / "guide.wenda"
    bot.save(folder)
    return str(folder)


@contextmanager
def serving(*options: str, first: str = "") -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """`wenda chat` with these options in a process of its own: the address that it prints, and the process.

    ``first`` is Python that the process runs before anything else.
    """
    command = [sys.executable, "-c", f"{first}\n{CHAT}", "chat", "--port", str(free_port())]
    with subprocess.Popen([*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield next(line for line in server.stdout if line.startswith("Wenda")).split()[-1], server
        finally:
            server.kill()  # there is nothing to save


@contextmanager
def served(*options: str, first: str = "") -> Iterator[str]:
    """The address of `wenda chat` with these options; ``first`` as in ``serving``."""
    with serving(*options, first=first) as (address, _):
        yield address


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """The address of `wenda chat` as it comes."""
    with served() as address:
        yield address
