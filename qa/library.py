"""``wenda index``: saved indexes made, added to, listed and checked from the command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import IndexFormatError, ReadError
from qa.options import declare, encoder_option

if TYPE_CHECKING:
    from index.article import Article
    from index.computed import Progress
    from index.survey import Lost

SOME_FAILED = 2


def add_commands(index: argparse.ArgumentParser) -> None:
    """The actions of ``wenda index``; each namespace has ``run``, which takes it to an exit status."""
    actions = index.add_subparsers(title="actions", required=True, metavar="ACTION")

    action = partial(declare, actions)
    build = action("build", _build, "read, index and save articles")
    build.add_argument("folder", metavar="FOLDER", help="where to save; --index FOLDER uses it later")
    build.add_argument("files", metavar="FILE", nargs="+", help="an article, or a folder of them")
    encoder_option(build)

    add = action("add", _add, "add articles to a saved index; changed files replace what they were")
    add.add_argument("folder", metavar="FOLDER", help="the saved index")
    add.add_argument("files", metavar="FILE", nargs="+", help="an article, or a folder of them")
    encoder_option(add)

    remove = action("remove", _remove, "take articles out of a saved index")
    remove.add_argument("folder", metavar="FOLDER", help="the saved index")
    remove.add_argument("sources", metavar="SOURCE", nargs="+", help="a name that `wenda index list` shows")
    encoder_option(remove)

    listing = action("list", _list, "show the articles of a saved index")
    listing.add_argument("folder", metavar="FOLDER", help="the saved index")
    listing.add_argument("--json", action="store_true", help="print the list as JSON")

    check = action("check", _check, "verify every file of saved indexes")
    check.add_argument("folders", metavar="FOLDER", nargs="+", help="a saved index")


# So much is encoded and saved at a time: a bound on memory, and all that is lost when adding is cut off.
_ARTICLES, _PASSAGES = 256, 4096


def _read(
    files: Sequence[str], errors: list[ReadError], leave: bool = True, delay: float = 0
) -> Iterator[Article]:
    """The articles that can be read, with a bar in the terminal; why others can't is added to ``errors``.

    Raises ReadError where there is no article at all.
    """
    from tqdm import tqdm

    from index.read import read_articles

    found = read_articles(files, on_error=errors.append)
    some = False
    for article in tqdm(found, desc="reading", unit=" articles", disable=None, leave=leave, delay=delay):
        some = True
        yield article
    if errors and not some:
        _failed(errors[:-1])
        raise errors[-1]


def readable(files: Sequence[str]) -> list[Article]:
    """The articles that can be read; which files can't is said on stderr. Raises ReadError where none can."""
    errors: list[ReadError] = []
    articles = list(_read(files, errors, leave=False, delay=1))
    _failed(errors)
    return articles


def _failed(errors: Sequence[ReadError]) -> int:
    """Says on stderr which files couldn't be read, each in a line; the exit status."""
    for error in errors:
        print(f"wenda: {' '.join(str(error).split())}", file=sys.stderr)
    return SOME_FAILED if errors else 0


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    """The articles, some at a time."""
    batch: list[Article] = []
    passages = 0
    for article in articles:
        batch.append(article)
        passages += len(article.passages)
        if len(batch) >= _ARTICLES or passages >= _PASSAGES:
            yield batch
            batch, passages = [], 0
    if batch:
        yield batch


@contextmanager
def indexing_bar(leave: bool = True, delay: float = 0) -> Iterator[Progress]:
    """A bar in the terminal that counts passages, after ``delay`` seconds."""
    from tqdm import tqdm

    with tqdm(desc="indexing", unit=" passages", disable=None, leave=leave, delay=delay) as bar:

        def progress(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield progress


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _build(arguments: argparse.Namespace) -> int:
    from index.index import Index

    errors: list[ReadError] = []
    articles = list(_read(arguments.files, errors))
    with indexing_bar() as progress:
        index = Index.build(articles, arguments.encoder, progress=progress)
    index.save(arguments.folder)
    status = _failed(errors)
    print(
        f"{arguments.folder}: {_count(len(index.articles), 'article')}, {_count(len(index.passages), 'passage')}"
    )
    return status


def _add(arguments: argparse.Namespace) -> int:
    from index.encoder import load_encoder
    from index.index import Index
    from index.read import as_known

    errors: list[ReadError] = []
    given: set[str] = set()
    new: set[str] = set()
    changed: set[str] = set()
    encoder, count = load_encoder(arguments.encoder), 0
    for batch in _batches(_read(arguments.files, errors)):

        def change(index: Index, batch: list[Article] = batch) -> Index:
            articles = [*as_known(batch, index.by_source)]
            for article in articles:
                known = index.by_source.get(article.source)
                if known is None:
                    new.add(article.source)
                elif known != article:
                    changed.add(article.source)
            given.update(article.source for article in articles)
            with indexing_bar(leave=False) as progress:
                return index.add(*articles, progress=progress)

        count = len(Index.update(arguments.folder, change, encoder).articles)
    changed -= new  # a file that is given twice and changes meanwhile is new all the same
    status = _failed(errors)
    print(
        f"{arguments.folder}: {len(new)} added, {len(changed)} replaced, "
        f"{len(given - new - changed)} unchanged; {_count(count, 'article')}"
    )
    return status


def _remove(arguments: argparse.Namespace) -> int:
    from index.index import Index

    index = Index.update(arguments.folder, lambda old: old.remove(*arguments.sources), arguments.encoder)
    print(
        f"{arguments.folder}: {_count(len(set(arguments.sources)), 'article')} removed, {len(index.articles)} left"
    )
    return 0


def _list(arguments: argparse.Namespace) -> int:
    from index.storage import check_folder
    from index.survey import salvage, survey
    from qa.terminal import CONTROL

    folder = Path(arguments.folder)
    damage: IndexFormatError | None = None
    try:
        wrong = check_folder(folder)
        rows = [_row(found) for found in survey(folder)]
    except IndexFormatError as error:
        rows = [_row(found) for found in salvage(folder)]
        if not rows:
            raise
        damage, wrong = error, []
    if arguments.json:
        print(json.dumps({"articles": rows}, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            print(CONTROL.sub("", _line(row)))
    if damage:
        print(
            f"wenda: {damage} (listed is what its files hold; some of it may have been removed)",
            file=sys.stderr,
        )
    return SOME_FAILED if damage or _damaged(arguments.folder, wrong) else 0


def _row(found: Article | Lost) -> dict[str, Any]:
    """What is listed of an article; of a damaged one little more than its source is known."""
    from index.survey import Lost

    if isinstance(found, Lost):
        return {"source": found.source, "damaged": True}
    return {
        "source": found.source,
        "title": found.title,
        "author": found.author,
        "passages": len(found.passages),
    }


def _line(row: dict[str, Any]) -> str:
    if "damaged" in row:
        return f"{row['source']}  (damaged)"
    return f"{row['source']}  {row['title']}  ({_count(row['passages'], 'passage')})"


def _damaged(folder: str, wrong: Sequence[str]) -> bool:
    """Says on stderr what is wrong with an index and how to mend it; whether anything is."""
    for line in wrong:
        print(f"wenda: {line}", file=sys.stderr)
    if wrong:
        print(
            f"wenda: {folder}: {_count(len(wrong), 'file')} damaged; to mend it, run "
            f"`wenda index build {folder} FILE…` with the files that `wenda index list` names",
            file=sys.stderr,
        )
    return bool(wrong)


def _check(arguments: argparse.Namespace) -> int:
    from index.storage import check_folder

    status = 0
    for folder in arguments.folders:
        if _damaged(folder, check_folder(Path(folder))):
            status = SOME_FAILED
        else:
            print(f"{folder}: whole")
    return status
