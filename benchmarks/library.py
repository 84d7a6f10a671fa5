"""A large library: how soon it is loaded, how much memory it takes, how long a search and one more article take.

The articles are made of invented words, the vectors are random; everything else is what ``Index`` does with any
article. What is measured runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from index.article import Article, Block, Passage, Place, SourceMap
from index.fold import terms
from index.index import Index

F32 = npt.NDArray[np.float32]

PASSAGES = 10  # an article
SENTENCES = 5  # a passage
WORDS = 12  # a sentence
VOCABULARY = 40_000
NAME = "蘇伊士"  # every article gives it with another gloss


class RandomEncoder:
    """A ``TokenEncoder`` that costs nothing: passages have random unit vectors, terms rows of a random table."""

    name = "random"

    def __init__(self, dimension: int = 384, size: int = 20_000) -> None:
        self.dimension = dimension
        self.token_vectors = _unit(np.random.default_rng(0), size, dimension)
        self.token_weights = np.ones(size, dtype=np.float32)

    def token_ids(self, texts: Sequence[str]) -> list[npt.NDArray[np.int64]]:
        size = len(self.token_vectors)
        return [
            np.array([zlib.crc32(t.encode()) % size for t in terms(text)], dtype=np.int64) for text in texts
        ]

    def encode_query(self, texts: Sequence[str]) -> F32:
        return self.encode_document(texts)

    def encode_document(self, texts: Sequence[str]) -> F32:
        seed = zlib.crc32("\n".join(texts).encode())
        return _unit(np.random.default_rng(seed), len(texts), self.dimension)


def _unit(rng: np.random.Generator, count: int, dimension: int) -> F32:
    vectors = rng.standard_normal((count, dimension), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def words(rng: np.random.Generator, count: int) -> list[str]:
    """Invented words, half in syllables and half in Chinese characters; the early ones are common (Zipf)."""
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    numbers = np.minimum(rng.zipf(1.2, count), VOCABULARY)
    return [
        chr(0x4E00 + int(n) % 3000) + chr(0x4E00 + int(n) * 7 % 5000)
        if n % 2
        else "".join(syllables[int(n) // 70**i % 70] for i in range(3))
        for n in numbers
    ]


def article_of(rng: np.random.Generator, source: str) -> Article:
    """An article of ``PASSAGES`` paragraphs, each one passage, that gives a name in both languages."""
    lines, starts = [], [0]
    for _ in range(PASSAGES):
        found = words(rng, SENTENCES * WORDS)
        lines.append(" ".join(" ".join(found[i : i + WORDS]) + "." for i in range(0, len(found), WORDS)))
        starts.append(starts[-1] + len(lines[-1]) + 1)
    spans = list(zip(starts, (end - 1 for end in starts[1:]), strict=False))
    text = "\n".join(lines) + f"\n{NAME}（{Path(source).stem.title()}）。{NAME}。"
    passages = tuple(
        Passage(source, text[start:end], start, end, line=i + 1) for i, (start, end) in enumerate(spans)
    )
    places = tuple(Place(i + 1) for i in range(PASSAGES))
    blocks = tuple(Block("paragraph", start, end) for start, end in spans)
    return Article(source, text, SourceMap(tuple(starts[:-1]), places), blocks, passages=passages)


def memory() -> dict[str, float]:
    """What this process has in memory, MB: of its own, and of files, which others share and the system may drop."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    found = {key: value.split()[0] for key, value in (line.split(":", 1) for line in lines) if value.strip()}
    return {"own": int(found["RssAnon"]) / 1024, "of files": int(found["RssFile"]) / 1024}


def timed(act: Any) -> tuple[float, Any]:  # noqa: ANN401
    """How long something takes, in seconds, and what it returns."""
    start = time.perf_counter()
    done = act()
    return time.perf_counter() - start, done


def measure(folder: Path, queries: int) -> dict[str, float]:
    """The figures of the library in a folder; afterwards it has one article more."""
    rng = np.random.default_rng(1)
    encoder = RandomEncoder()
    warm = Index.build([article_of(rng, "warm.txt")], encoder)
    warm.search("warm")  # libraries and dictionaries are loaded once, whatever the size of the library
    before = memory()
    seconds, index = timed(lambda: Index.load(folder, encoder))
    loaded = memory()
    first, _ = timed(lambda: index.search(" ".join(words(rng, 8)), k=20))
    times = [timed(lambda: index.search(" ".join(words(rng, 8)), k=20))[0] for _ in range(queries)]
    named, _ = timed(lambda: index.search("when was Article 7 written?", k=20))
    searched = memory()
    new = article_of(rng, "new.txt")
    size = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    update, _ = timed(lambda: Index.update(folder, lambda old: old.add(new), encoder))
    written = [p.stat().st_size for p in folder.iterdir() if size.get(p) != p.stat().st_mtime_ns]
    return {
        "passages": len(index.passages),
        "articles": len(index.articles),
        "vectors, MB": len(index.passages) * encoder.dimension * 4 / 2**20,
        "load, s": seconds,
        "memory of its own when loaded, MB": loaded["own"] - before["own"],
        "memory of its own after searches, MB": searched["own"] - before["own"],
        "memory of files after searches, MB": searched["of files"] - before["of files"],
        "first search, s": first,
        "search, median, s": median(times),
        "search for a name that is given in brackets, first, s": named,
        "load, add an article and save, s": update,
        "written for an article, MB": sum(written) / 2**20,
    }


def build(folder: Path, passages: int) -> dict[str, float]:
    """Make and save the library; how long that takes and how large it is."""
    rng = np.random.default_rng(0)
    count = range(max(1, passages // PASSAGES))
    articles = [article_of(rng, f"article {i}.txt") for i in tqdm(count, desc="writing", disable=None)]
    seconds, index = timed(lambda: Index.build(articles, RandomEncoder()))
    saved, _ = timed(lambda: index.save(folder))
    size = sum(path.stat().st_size for path in folder.iterdir())
    return {"build without encoding, s": seconds, "save, s": saved, "on disk, MB": size / 2**20}


def table(results: dict[str, float]) -> str:
    """The figures as Markdown."""
    lines = ["| what | figure |", "|---|---|"]
    lines += [
        f"| {name} | {value:,.{0 if isinstance(value, int) else 3}f} |" for name, value in results.items()
    ]
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.library", description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=50)
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures there too")
    parser.add_argument(
        "--folder", type=Path, help="keep the library there; one that is there is measured as it is"
    )
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.measure:
        print(json.dumps(measure(options.folder, options.queries)))
        return
    with TemporaryDirectory() as scratch:
        folder = options.folder or Path(scratch) / "library.wenda"
        results = {} if folder.is_dir() else build(folder, options.passages)
        command = [sys.executable, "-m", "benchmarks.library", "--measure", "--folder", str(folder)]
        command += ["--queries", str(options.queries)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        results |= json.loads(done.stdout)
    print(table(results))
    if options.json:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
