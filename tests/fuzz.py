"""Damaged copies of files, and a program that reads them: ``python -m tests.fuzz ROUNDS FILE…``.

It prints each copy's file and seed before reading it, and dies at the first that crashes, hangs, eats memory or
comes back as something that is no article; ``mutant(Path(FILE), SEED)`` is that copy.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
import zlib
from copy import deepcopy
from itertools import pairwise
from pathlib import Path
from random import Random

from index.article import Article
from index.bounded import parser
from index.errors import ReadError
from index.read import READERS
from index.split import passages

SECONDS, MEMORY = 20, 2 << 30
_PIECES = (
    b"\0 \f \r \n\n \t\t \xff\xfe \xef\xbb\xbf \xe4\xba \xa4\xa4 [^1] [^1]: | |-| ``` ---\n > - 1. # * ( \xef\xbc\x88 \xe3\x80\x82 \xe3\x80\x8c"
    b" < </ <p> </p> <div> <table> <li> <ol> <sup><a\x20href='#fn1'>1</a></sup> <h1> <br> <pre> &#0; &#x110000; &amp; <!-- ]]> <? id='fn1'"
    b" << >> obj endobj stream endstream /Kids /Parent /Length 0\x200\x20R 1\x200\x20R -1 65536 4294967296 9999999999 1e308 NaN"
).split(b" ")
_PIECES = tuple(piece.replace(b"\x20", b" ") for piece in _PIECES)
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)


def damaged(data: bytes, dice: Random) -> bytes:
    """A copy with a few bytes changed, added, taken out, repeated a great many times, or moved; or cut off."""
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 3, 10, 40))):
        at = dice.randrange(len(changed) + 1)
        size = dice.choice((0, 1, 1, 4, 30, 300))
        way = dice.randrange(6)
        if way == 0:
            changed[at : at + size] = dice.randbytes(size)
        elif way == 1:
            changed[at : at + size] = dice.choice(_PIECES)
        elif way == 2:
            del changed[at : at + size]
        elif way == 3:
            changed[at:at] = changed[at : at + size] * dice.choice((1, 2, 50))
        elif way == 4:
            changed[at:at] = dice.choice(_PIECES) * dice.choice((1, 2, 500))
        else:
            other = dice.randrange(len(changed) + 1)
            changed[at : at + size] = changed[other : other + size]
    if dice.random() < 0.1:
        del changed[dice.randrange(len(changed) + 1) :]
    return bytes(changed)


def mutant(file: Path, seed: int) -> bytes:
    """The damaged copy of ``file`` for ``seed``; mostly inside what the file holds packed, which stays well packed."""
    dice, data = Random(f"{file.name} {seed}"), file.read_bytes()
    if dice.random() < 0.3:
        return damaged(data, dice)
    if file.suffix in {".docx", ".epub"}:
        return _repacked(data, dice)
    streams = list(_STREAM.finditer(data)) if file.suffix == ".pdf" else []
    return _restreamed(data, dice.choice(streams), dice) if streams else damaged(data, dice)


def _repacked(data: bytes, dice: Random) -> bytes:
    """A zip with one of its files damaged."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        files = old.infolist()
        chosen = dice.choice([file for file in files if file.filename.endswith(("ml", "opf", "rels"))])
        change = dice.choice((damaged, _rearranged))
        for file in files:
            content = old.read(file)
            new.writestr(file, change(content, dice) if file is chosen else content)
    return packed.getvalue()


def _rearranged(xml: bytes, dice: Random) -> bytes:
    """XML that is still well formed, with elements taken out, put elsewhere, repeated, or their words changed."""
    from lxml import etree

    root = etree.fromstring(xml)
    for _ in range(dice.choice((1, 3, 10))):
        elements = list(root.iter("{*}*"))
        one, other = dice.choice(elements), dice.choice(elements)
        way, parent = dice.randrange(5), one.getparent()
        if way == 0 and parent is not None:
            parent.remove(one)
        elif way == 1:
            other.append(deepcopy(one))
        elif way == 2:
            one.tag = other.tag
        elif way == 3:
            one.text = dice.choice(("", " \n", "１", "-1", "x" * 300, other.text))
        elif one.attrib:
            one.set(
                dice.choice(list(one.attrib)), dice.choice(("", "0", "-1", "9" * 20, *other.attrib.values()))
            )
    return etree.tostring(root)


def _restreamed(data: bytes, stream: re.Match[bytes], dice: Random) -> bytes:
    """A PDF with one of its streams damaged, inside its compression where it has one."""
    try:
        content = zlib.compress(damaged(zlib.decompress(stream[1]), dice))
    except zlib.error:
        content = damaged(stream[1], dice)
    return data[: stream.start(1)] + content + data[stream.end(1) :]


def check(article: Article) -> None:
    """An article is what ``index.article`` says of it."""
    text = article.text
    assert text.encode("utf-8").decode("utf-8") == text  # no half of a surrogate pair
    assert all(0 <= block.start < block.end <= len(text) for block in article.blocks)
    assert all(a.end <= b.start for a, b in pairwise(article.blocks))
    assert article.source_map.starts[0] == 0
    assert len(article.source_map.starts) == len(article.source_map.places)
    assert all(a < b for a, b in pairwise(article.source_map.starts))
    assert all(place.line > 0 and (place.page or 1) > 0 for place in article.source_map.places)
    assert all(
        0 <= note.start < note.end <= len(text) and 0 <= (note.anchor or 0) <= len(text)
        for note in article.footnotes
    )
    assert all(passage.text == text[passage.start : passage.end] for passage in passages(article))


def read(data: bytes, name: str) -> Article | None:
    """The article, None where the reader said in one clear line that it can't read the file."""
    suffix = Path(name).suffix
    reader = READERS[suffix] if suffix in {".txt", ".md"} else parser(suffix)
    try:
        found = reader(data, name)
    except ReadError as error:
        said = str(error)
    else:
        return Article(
            name, found.text, found.source_map, found.blocks, found.title, found.author, found.footnotes
        )
    assert said.startswith(name), said
    assert "\n" not in said, said
    return None


def main(rounds: int, *files: str) -> None:
    """Read ``rounds`` copies of each file; the last line says how many of each could be read."""
    import resource
    import signal

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    done = dict.fromkeys((Path(file).name for file in files), 0)
    for file in map(Path, files):
        for seed in range(rounds):
            print(file.name, seed, flush=True)
            data = mutant(file, seed)
            signal.setitimer(signal.ITIMER_PROF, SECONDS)  # of CPU time; its signal ends the program
            article = read(data, file.name)
            if article is not None:
                check(article)
                done[file.name] += 1
    print(json.dumps(done))


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
