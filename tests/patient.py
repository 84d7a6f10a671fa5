"""A chat whose answers take their time, as a language model's do: they go on when the test says so.

It runs in a process of its own, `python -m tests.patient PORT FOLDER QUEUE`: it prints `begun` for each question that is
asked and `closed` for each answer that is given up, and lets all answers go on once it reads a line.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from qa.answer import Answer
from qa.chatbot import Chatbot

if TYPE_CHECKING:
    from gradio_client.client import Job

GO = Event()
QUESTION = "Where did the fourth CICA summit take place?"
ROOT = Path(__file__).parents[1]


class Patient(Chatbot):
    """A chatbot whose answers are whole once ``GO`` is set."""

    def stream(
        self, question: str, history: Sequence[tuple[str, str]] = (), **options: Any
    ) -> Iterator[Answer]:
        *_, whole = super().stream(question, history, **options)
        print("begun", flush=True)
        try:
            while not GO.is_set():
                yield replace(whole, text=whole.text.split("\n")[0], citations=(), passages=())
                GO.wait(0.05)
            yield whole
        except GeneratorExit:
            print("closed", flush=True)
            raise


@dataclass(frozen=True)
class Chat:
    """Such a chat, seen from the test."""

    url: str
    process: subprocess.Popen[str]

    def says(self, word: str) -> bool:
        """True once the chat says this word next."""
        assert self.process.stdout is not None
        return self.process.stdout.readline() == f"{word}\n"

    def go(self) -> None:
        """Lets all answers go on."""
        assert self.process.stdin is not None
        print("go", file=self.process.stdin, flush=True)


@contextmanager
def patient_chat(port: int, folder: str, queue: int = 100) -> Iterator[Chat]:
    """Such a chat with the index in ``folder``, until the test is done with it."""
    command = [sys.executable, "-m", "tests.patient", str(port), folder, str(queue)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            assert process.stdout is not None
            yield Chat(process.stdout.readline().strip(), process)
        finally:
            process.kill()


def fill_queue(chat: Chat) -> list[Job]:
    """Asks as many questions as are answered at once and one more, which waits in a queue of one."""
    from gradio_client import Client

    from ui.app import AT_ONCE

    client, jobs = Client(chat.url, verbose=False), []
    for _ in range(AT_ONCE):
        jobs.append(client.submit(QUESTION, api_name="/ask"))
        assert chat.says("begun")
    jobs.append(client.submit(QUESTION, api_name="/ask"))
    while jobs[-1].status().rank is None:  # until it waits
        time.sleep(0.05)
    return jobs


def main() -> None:
    from ui import app
    from ui.doors import Doors

    port, folder, queue = sys.argv[1:]
    bot, doors = Patient.load(folder, llm=""), Doors(queue=int(queue))
    print(app.start(bot, port=int(port), doors=doors).local_url, flush=True)
    for _ in sys.stdin:
        GO.set()


if __name__ == "__main__":
    main()
