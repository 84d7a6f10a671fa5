"""How the chat holds up when many people ask at once: right answers, never mixed up, and how long they take.

    python -m benchmarks.load [--visitors 32] [--seconds 60] [--url http://127.0.0.1:7860]

Each visitor has a conversation of their own in the web chat and asks one question after another, without a pause;
half-way through, one more brings a long file to be indexed. Without ``--url`` a chat of the bundled article is
served in a process of its own. Ends with status 1 if an answer was wrong, someone else's, or an error.
"""

from __future__ import annotations

import argparse
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from gradio_client import Client, handle_file

# A question, and what its answer has to say.
QUESTIONS = {
    "第四屆亞信峰會在哪裡舉行？": "上海",
    "第四届亚信峰会在哪里举行？": "上海",
    "Where did the fourth CICA summit take place?": "Shanghai",
    "How many members does CICA have?": "26 members",
    "亞信會議最初是由哪個國家倡議的？": "哈薩克",
    "富士山有多高？": "wd-abstained",
}
TURNS = 8  # after so many a visitor starts again, as the page grows with its conversation


@dataclass
class Tally:
    """What was measured, by all visitors together."""

    seconds: list[tuple[float, float]] = field(default_factory=list)  # when asked, how long it took
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, asked: float, took: float, problem: str) -> None:
        with self.lock:
            self.seconds.append((asked, took))
            if problem:
                self.wrong.append(problem)


def visit(client: Client, name: int, until: float, tally: Tally) -> None:
    """One visitor, until the time is up: every turn has to show what was asked so far and nothing else."""
    chance, asked = random.Random(name), []
    while time.monotonic() < until:
        question = chance.choice(list(QUESTIONS))
        asked.append(question)
        begun = time.monotonic()
        try:
            page, *_ = client.submit(asked[-1], "zh-Hant", api_name="/chat").result(timeout=120)
            problem = problem_of(page, asked, QUESTIONS[question])
        except Exception as error:  # whatever it is, it is what a visitor would have met
            problem = f"{type(error).__name__}: {error}"
        tally.add(begun, time.monotonic() - begun, problem)
        if len(asked) == TURNS:
            client.predict("zh-Hant", api_name="/clear")
            asked = []


def problem_of(page: str, asked: list[str], expected: str) -> str:
    """What is wrong with a page, "" where all is well."""
    shown = re.findall(r'<h2 class="wd-question">.*?<bdi>(.*?)</bdi>', page)
    if shown != asked:
        return f"mixed up: {shown} shown, {asked} asked"
    last = page[page.rindex('<article class="wd-turn"') :]
    return "" if expected in last else f"wrong: {asked[-1]}"


def bring(url: str, path: Path, spans: list[tuple[float, float]]) -> None:
    """One more visitor brings a file; notes from when to when it was read and indexed."""
    client = Client(url, verbose=False)
    begun = time.monotonic()
    client.predict([handle_file(str(path))], "en", api_name="/read")
    spans.append((begun, time.monotonic()))


def long_article(paragraphs: int) -> str:
    """A text as long as a book, in words of no meaning, different in each paragraph."""
    words, chance = (
        ["river", "stone", "lamp", "paper", "garden", "winter", "copper", "violet", "harbour", "letter"],
        random.Random(1),
    )
    return "\n\n".join(
        f"Chapter {n} says that the {' and the '.join(chance.choices(words, k=60))}."
        for n in range(paragraphs)
    )


@contextmanager
def served() -> Iterator[str]:
    """The chat of the bundled article, in a process of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "qa.cli", "chat", "--port", str(port), "--queue", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.kill()


def summary(times: list[float]) -> str:
    """Median, 95th percentile and the longest, in seconds."""
    if not times:
        return "none"
    ranks = statistics.quantiles(times, n=20, method="inclusive") if len(times) > 1 else times * 19
    return f"p50 {statistics.median(times):.2f} s, p95 {ranks[18]:.2f} s, longest {max(times):.2f} s"


def measure(url: str, visitors: int, seconds: float, paragraphs: int) -> Tally:
    """Let them all in, and print what came of it."""
    clients = [Client(url, verbose=False) for _ in range(visitors)]
    tally, spans = Tally(), list[tuple[float, float]]()
    begun = time.monotonic()
    threads = [
        threading.Thread(target=visit, args=(client, n, begun + seconds, tally))
        for n, client in enumerate(clients)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.txt"
        path.write_text(long_article(paragraphs), encoding="utf-8")
        threads.append(threading.Timer(seconds / 2, bring, (url, path, spans)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    took = time.monotonic() - begun
    print(
        f"{visitors} visitors, {len(tally.seconds)} questions in {took:.0f} s: {len(tally.seconds) / took:.1f} a second"
    )
    print(f"answers: {summary([each for _, each in tally.seconds])}")
    for start, end in spans:
        during = [each for asked, each in tally.seconds if start <= asked <= end]
        print(f"while a file of {paragraphs} paragraphs was indexed ({end - start:.1f} s): {summary(during)}")
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the chat with many visitors.")
    parser.add_argument("--visitors", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--paragraphs", type=int, default=1000, help="of the file that is brought")
    parser.add_argument("--url", help="a chat of the bundled article that is already served")
    arguments = parser.parse_args()
    rest = (arguments.visitors, arguments.seconds, arguments.paragraphs)
    if arguments.url:
        tally = measure(arguments.url, *rest)
    else:
        with served() as url:
            tally = measure(url, *rest)
    for problem, count in {each: tally.wrong.count(each) for each in tally.wrong}.items():
        print(f"{count} × {problem}")
    print("no error, every answer right and its visitor's own" if not tally.wrong else "FAILED")
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
