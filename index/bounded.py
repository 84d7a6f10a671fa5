"""Formats that are parsed rather than decoded are read in a process of their own, with limits of time and memory.

A file that makes a parser crash, hang or eat memory costs that file and nothing else. The process gets the
bytes on standard input and answers with JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from index.article import Article
from index.codec import article_from_dict, article_to_dict
from index.errors import ReadError
from index.repair.compose import Repaired

SECONDS = 120
"""The longest that one file may take."""
MEMORY = 3 << 30
"""The most memory that reading one file may take, in bytes (on Linux, where it can be limited)."""

Parser = Callable[[bytes, str], Repaired]
_PROGRAM = "from index.bounded import main; main()"


def parser(suffix: str) -> Parser:
    """What parses files of this kind; it is imported when it is asked for."""
    if suffix == ".pdf":
        from index.pdf import read_pdf

        return read_pdf
    if suffix == ".docx":
        from index.docx import read_docx

        return read_docx
    if suffix == ".epub":
        from index.epub import read_epub

        return read_epub
    from index.html import read_html

    return read_html


def read_bounded(suffix: str, data: bytes, name: str) -> Repaired:
    """``parser(suffix)(data, name)`` in another process. Raises ReadError, for what the parser raises and for limits."""
    root = str(Path(__file__).parents[1])
    # -P: a folder of the user's that happens to be called "index" is no part of this program.
    command = [sys.executable, "-P", "-c", _PROGRAM, suffix, name]
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(
            command,
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise ReadError(
            f"{name}: reading it took more than {SECONDS} seconds, so it was given up; split it into parts"
        ) from error
    try:
        said = json.loads(done.stdout)
    except ValueError as error:
        raise ReadError(
            f"{name}: the file is too large or so broken that it can't be read; open it and save it again"
        ) from error
    if "error" in said:
        raise ReadError(said["error"])
    found = article_from_dict(said)
    return Repaired(found.text, found.source_map, found.blocks, found.title, found.author, found.footnotes)


def main() -> None:
    """What the other process runs: the suffix and the name are its arguments."""
    suffix, name = sys.argv[1:]
    _limit()
    try:
        found = parser(suffix)(sys.stdin.buffer.read(), name)
        article = Article(
            name, found.text, found.source_map, found.blocks, found.title, found.author, found.footnotes
        )
        said = article_to_dict(article)
    except ReadError as error:
        said = {"error": str(error)}
    except (MemoryError, RecursionError):
        said = {"error": f"{name}: the file is too large or nests too deep; split it into parts"}
    sys.stdout.buffer.write(json.dumps(said).encode("utf-8", errors="replace"))


def _limit() -> None:
    """Less memory and time for this process, where the system can do that."""
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
