"""A chat whose answers take their time, as a language model's do: they go on when the test says so.

It runs in a process of its own, `python -m tests.patient PORT QUEUE`: it prints `begun` for each question that is
asked and `closed` for each answer that is given up, and lets all answers go on once it reads a line.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

from qa.answer import Answer
from qa.chatbot import Chatbot

GO = Event()
ROOT = Path(__file__).parents[1]


class Patient(Chatbot):
    """The bundled chatbot, whose answers are whole once ``GO`` is set."""

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
def patient_chat(port: int, queue: int = 100) -> Iterator[Chat]:
    """Such a chat, until the test is done with it."""
    command = [sys.executable, "-m", "tests.patient", str(port), str(queue)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, text=True, **pipes) as process:  # type: ignore[call-overload]
        try:
            assert process.stdout is not None
            yield Chat(process.stdout.readline().strip(), process)
        finally:
            process.kill()


def main() -> None:
    from ui import app
    from ui.doors import Doors

    bot, doors = Patient.default(llm=""), Doors(queue=int(sys.argv[2]))
    print(app.start(bot, port=int(sys.argv[1]), doors=doors).local_url, flush=True)
    for _ in sys.stdin:
        GO.set()


if __name__ == "__main__":
    main()
