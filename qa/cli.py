"""The command line: ``wenda chat``, ``ask``, ``search``, ``index`` and ``evaluate``.

Exit status: 0 done (for ``ask``: answered), 1 ``evaluate`` met a quote that isn't in the article,
2 bad input, 3 ``ask`` abstained, 130 interrupted. What the user can put right is one line on stderr.
Libraries are imported by the commands that need them, so that ``wenda --help`` is quick.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import WendaError
from qa import options
from qa.library import add_commands

if TYPE_CHECKING:
    from index.encoder import Encoder
    from qa.chatbot import Chatbot
    from qa.llm import Model

EVALUATION_FAILED, BAD_INPUT, ABSTAINED, INTERRUPTED, PIPE_CLOSED = 1, 2, 3, 130, 141


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status; ``argv`` is without the program's name.

    Raises SystemExit for ``--help`` (0) and for arguments that can't be parsed (2), as argparse does.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # whatever the locale says: the text is Chinese
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        try:
            arguments = parser().parse_args(argv)
            status: int = arguments.run(arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read us has gone. Python would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except (WendaError, OSError) as error:
        print(f"wenda: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_INPUT
    return status


def parser() -> argparse.ArgumentParser:
    """The whole command line; each command's namespace has ``run``, which takes it to an exit status."""
    top = argparse.ArgumentParser(
        prog="wenda", description="Ask an article a question in Chinese or English; get verbatim quotes."
    )
    top.add_argument("--version", action="version", version=f"wenda {version('wenda')}")
    commands = top.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = partial(options.declare, commands)
    chat = command("chat", _chat, "serve the web chat")
    options.article_options(chat)
    options.model_option(chat)
    chat.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    chat.add_argument(
        "--port", type=options.port, default=7860, help="port to listen on (default: %(default)s)"
    )

    options.door_options(chat)

    ask = command("ask", _ask, "answer one question with quotes from the article")
    options.article_options(ask)
    options.source_option(ask)
    options.model_option(ask)
    ask.add_argument("--json", action="store_true", help="print the answer as one JSON object")
    ask.add_argument(
        "question", metavar="QUESTION", type=options.text, help="what to ask; - reads it from standard input"
    )

    search = command("search", _search, "show the passages nearest to a query")
    options.article_options(search)
    options.source_option(search)
    search.add_argument(
        "-k", type=options.count, default=5, metavar="N", help="how many (default: %(default)s)"
    )
    search.add_argument("--json", action="store_true", help="print the passages as one JSON object")
    search.add_argument(
        "query", metavar="QUERY", type=options.text, help="what to look for; - reads it from standard input"
    )

    index = commands.add_parser(
        "index", help="make and keep saved indexes of articles", description="Saved indexes."
    )
    add_commands(index)

    evaluate = command("evaluate", _evaluate, "measure answers on questions with known answers")
    options.article_options(evaluate)
    options.model_option(evaluate)
    evaluate.add_argument("--questions", metavar="FILE.jsonl", required=True, help="the question file")
    evaluate.add_argument("--json", action="store_true", help="print all figures and outcomes as JSON")
    evaluate.add_argument("--verbose", action="store_true", help="also list every question that went wrong")
    return top


def _or_stdin(text: str) -> str:
    return sys.stdin.buffer.read().decode("utf-8", errors="replace") if text == "-" else text


def _bot(
    arguments: argparse.Namespace, *, encoder: Encoder | None = None, model: Model | None = None
) -> Chatbot:
    """The chatbot that the options name, with an encoder and a language model that are loaded already, if any."""
    from qa import Chatbot

    encoder = encoder or arguments.encoder
    # Searching needs no model, whatever the environment says.
    llm = model or (arguments.llm if hasattr(arguments, "llm") else "")
    if arguments.index:
        return Chatbot.load(arguments.index, encoder=encoder, llm=llm)
    if arguments.article:
        from qa.library import indexing_bar, readable

        articles = readable(arguments.article)
        with indexing_bar(leave=False, delay=1) as progress:
            return Chatbot.from_articles(articles, encoder=encoder, llm=llm, progress=progress)
    return Chatbot.default(encoder=encoder, llm=llm)


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _chat(arguments: argparse.Namespace) -> int:
    # The one way from qa to ui, by name: nothing else in qa knows that there is a web chat.
    served = import_module("ui.doors")
    doors = served.Doors(
        root_path=arguments.root_path,
        accounts=served.Accounts.read(arguments.auth_file) if arguments.auth_file else None,
        mcp=arguments.mcp,
        queue=arguments.queue,
        per_minute=arguments.per_minute,
        feedback=Path(arguments.feedback) if arguments.feedback else None,
    )
    import_module("ui.app").serve(_bot(arguments), host=arguments.host, port=arguments.port, doors=doors)
    return 0


def _ask(arguments: argparse.Namespace) -> int:
    from qa.terminal import answer_text

    question = _or_stdin(arguments.question)
    answer = _bot(arguments).ask(question, sources=arguments.source)
    if arguments.json:
        _print_json(answer.to_dict())
    else:
        print(answer_text(answer, colour=sys.stdout.isatty()))
    return ABSTAINED if answer.abstained else 0


def _search(arguments: argparse.Namespace) -> int:
    from qa.answer import passage_dict
    from qa.terminal import passages_text

    query = _or_stdin(arguments.query)
    hits = _bot(arguments).search(query, k=arguments.k, sources=arguments.source)
    if arguments.json:
        _print_json({"query": query, "passages": [passage_dict(hit) for hit in hits]})
    else:
        print(passages_text(hits, colour=sys.stdout.isatty()))
    return 0


def _evaluate(arguments: argparse.Namespace) -> int:
    from tqdm import tqdm

    from index.encoder import load_encoder
    from index.read import article_from_text
    from qa import Chatbot
    from qa.evaluate import outcomes, report
    from qa.gold import QuestionSet, read_questions
    from qa.llm import open_model
    from qa.terminal import mistakes_text

    sets = read_questions(arguments.questions)
    model = open_model(arguments.llm)
    encoder = load_encoder(arguments.encoder)

    def bot(one: QuestionSet) -> Chatbot:
        if one.text is None:
            return _bot(arguments, encoder=encoder, model=model)
        article = article_from_text(one.text, source=one.name, title=one.title)
        return Chatbot.from_articles([article], encoder=encoder, llm=model or "")

    with tqdm(total=sum(len(one.questions) for one in sets), unit=" questions", disable=None) as bar:
        marked = []
        for one in sets:
            for outcome in outcomes(bot(one), one.questions):
                marked.append(outcome)
                bar.update()
    result = report(marked)
    if arguments.json:
        _print_json(result.to_dict())
    else:
        print(result.to_markdown())
        if arguments.verbose:
            print("\n" + mistakes_text(result))
    quotes = result.groups[0].quotes_true
    return EVALUATION_FAILED if quotes.hits < quotes.of else 0


if __name__ == "__main__":
    sys.exit(main())
