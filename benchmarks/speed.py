"""How quick it is, and how much memory it takes: ``python -m benchmarks.speed``.

One fresh process answers questions on an article (the bundled guide, or ``--article``) and reports: the seconds from
its start to the first answer; passages encoded a second; the latency of encoding a question and of answering it, as
p50 and p95; and its peak memory. On one thread unless OMP_NUM_THREADS says otherwise. Timings depend on the machine and what
else it does: compare encoders side by side in one run, as ``--encoder`` does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

_MEBI = 1024  # KiB, in which Linux tells the peak memory
QUESTIONS = (
    "誰是作者？",
    "這篇文章說了什麼？",
    "什麼時候？",
    "有多少個國家？",
    "為什麼？",
    "主要的結論是什麼？",
    "Who is the author?",
    "What is the main point?",
    "When did it begin?",
    "How many members are there?",
    "Where does it take place?",
    "Why does it matter?",
)


def measure(article: str, encoder: str, rounds: int) -> dict[str, float]:
    """The figures of this process, which should be a fresh one; ``article`` and ``encoder`` are "" for the bundled."""
    import resource

    from index.computed import searchable
    from index.index import Index
    from qa import Chatbot

    began = _started()
    chosen = encoder or None
    bot = Chatbot.from_files([article], encoder=chosen) if article else Chatbot.default(encoder=chosen)
    bot.ask(QUESTIONS[0])
    first = time.time() - began
    index = bot.index
    texts = [searchable(passage) for passage in index.passages]
    repeated = (texts * (64 // len(texts) + 1))[:64]
    start = time.perf_counter()
    index.encoder.encode_document(repeated)
    rate = len(repeated) / (time.perf_counter() - start)
    start = time.perf_counter()
    Index.build(index.articles, index.encoder)
    build = time.perf_counter() - start
    encoding, answering = [], []
    for n in range(rounds):
        for question in QUESTIONS:
            start = time.perf_counter()
            index.encoder.encode_query([f"{question} {n}"])
            encoding.append(time.perf_counter() - start)
            start = time.perf_counter()
            bot.ask(f"{question} {n}")
            answering.append(time.perf_counter() - start)
    return {
        "start to first answer, s": first,
        "passages of the article": len(texts),
        "article indexed, s": build,
        "passages encoded a second": rate,
        "question encoded, p50 ms": 1000 * float(np.percentile(encoding, 50)),
        "question encoded, p95 ms": 1000 * float(np.percentile(encoding, 95)),
        "question answered, p50 ms": 1000 * float(np.percentile(answering, 50)),
        "question answered, p95 ms": 1000 * float(np.percentile(answering, 95)),
        "peak memory, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEBI,
    }


def _started() -> float:
    """When this process was started, as its parent says: what Python itself needs to start counts too."""
    return float(os.environ["WENDA_SPEED_BEGAN"])


def in_fresh_process(article: str, encoder: str, rounds: int) -> dict[str, float]:
    """``measure`` in a process of its own."""
    environment = {"OMP_NUM_THREADS": "1"} | os.environ | {"WENDA_SPEED_BEGAN": str(time.time())}
    call = [sys.executable, "-m", "benchmarks.speed", "--child", "--rounds", str(rounds)]
    call += (["--article", article] if article else []) + (["--encoder", encoder] if encoder else [])
    done = subprocess.run(call, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def table(results: dict[str, dict[str, float]]) -> str:
    """The figures as Markdown, one column an encoder."""
    names = list(results)
    lines = ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    lines += [
        f"| {key} | " + " | ".join(f"{results[name][key]:.4g}" for name in names) + " |"
        for key in next(iter(results.values()))
    ]
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.speed", description=__doc__)
    parser.add_argument("--article", default="", help="default: the bundled guide")
    parser.add_argument(
        "--encoder", action="append", default=[], help="another encoder to compare; repeatable"
    )
    parser.add_argument("--rounds", type=int, default=10, help="each question is asked so many times")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there too")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.child:
        encoder = options.encoder[0] if options.encoder else ""
        print(json.dumps(measure(options.article, encoder, options.rounds)))
        return
    results: dict[str, dict[str, Any]] = {
        name or "bundled": in_fresh_process(options.article, name, options.rounds)
        for name in ("", *options.encoder)
    }
    print(table(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
