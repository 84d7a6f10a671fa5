"""What the commands of the terminal are made of: how one is declared, its options, and the types of its arguments."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def declare(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], text: str
) -> argparse.ArgumentParser:
    """One more command, described by ``text``; its namespace has ``run``, which takes it to an exit status."""
    sub = commands.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".")
    sub.set_defaults(run=run)
    return sub


def door_options(chat: argparse.ArgumentParser) -> None:
    """Options of a chat that others use too."""
    doors = chat.add_argument_group("doors", "For a chat that others use too.")
    doors.add_argument("--auth-file", metavar="FILE", help="ask for an account: name:password, one a line")
    doors.add_argument("--root-path", metavar="PATH", default="", help="where a proxy serves it, e.g. /wenda")
    doors.add_argument(
        "--queue",
        type=many,
        default=100,
        metavar="N",
        help="how many may wait; 0: any (default: %(default)s)",
    )
    doors.add_argument(
        "--per-minute",
        type=many,
        default=0,
        metavar="N",
        help="questions and files a minute from one visitor; 0: any (default: %(default)s)",
    )
    doors.add_argument(
        "--feedback", metavar="FILE", help="let visitors rate answers; append them to this file"
    )
    doors.add_argument("--mcp", action="store_true", help="serve the tools ask and search to MCP clients too")


def article_options(command: argparse.ArgumentParser) -> None:
    """What is asked: files, or a saved index; and the encoder."""
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--article",
        metavar="FILE",
        action="append",
        help="a file to ask, or a folder of them; may be repeated (default: the guide)",
    )
    where.add_argument("--index", metavar="FOLDER", help="an index saved by `wenda index build`")
    encoder_option(command)


def source_option(command: argparse.ArgumentParser) -> None:
    """Which of the articles are asked."""
    command.add_argument(
        "--source",
        metavar="NAME",
        action="append",
        help="only this article, by the name that `wenda index list` shows; may be repeated",
    )


def model_option(command: argparse.ArgumentParser) -> None:
    """The language model, if any."""
    command.add_argument(
        "--llm",
        metavar="MODEL",
        help="a language model that writes the answers: MODEL@URL for a server that speaks the OpenAI protocol,"
        " local:NAME for a Hugging Face model, '' for none (default: what WENDA_LLM says)",
    )


def encoder_option(command: argparse.ArgumentParser) -> None:
    """The encoder."""
    command.add_argument(
        "--encoder",
        metavar="NAME",
        help="a sentence-transformers name or folder (default: the bundled model)",
    )


def text(argument: str) -> str:
    """The argument as UTF-8, whatever the locale; bytes that are not become U+FFFD."""
    return os.fsencode(argument).decode("utf-8", errors="replace")


def count(argument: str) -> int:
    """A whole number from 1."""
    number = int(argument)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def many(argument: str) -> int:
    """A whole number from 0."""
    number = int(argument)
    if number < 0:
        raise argparse.ArgumentTypeError("must be at least 0")
    return number


def port(argument: str) -> int:
    """The number of a port."""
    number = int(argument)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("must be from 0 to 65535")
    return number
