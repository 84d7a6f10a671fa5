"""What programs are offered, over REST and MCP alike: ``ask`` and ``search``, with the JSON of the command line."""

# Gradio reads the types of these functions when they are defined, so annotations are not put off here.

import json
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from index.errors import WendaError
from qa.answer import passage_dict
from qa.chatbot import Chatbot
from ui.doors import Limiter
from ui.texts import WORDS


def visitor(request: gr.Request) -> str:
    """By whom questions are counted: the account, or else the address that they come from."""
    return request.username or (request.client.host if request.client else "")


def admitted(limiter: Limiter, request: gr.Request) -> None:
    """Raises what a client is shown where it has asked too much in the last minute."""
    if not limiter.admit(visitor(request)):
        raise gr.Error(WORDS["en"].limit_error)


def asker(bot: Chatbot, limiter: Limiter) -> Callable[[str, gr.Request], dict[str, Any]]:
    """The endpoint and tool ``ask``."""

    def ask(question: str, request: gr.Request) -> dict[str, Any]:
        """Answers a question about the article, with quotes: the JSON of ``wenda ask --json``.

        Args:
            question: What to ask, in Chinese or English.
        """
        admitted(limiter, request)
        return or_error(lambda: bot.ask(question).to_dict())

    return ask


def searcher(bot: Chatbot, limiter: Limiter) -> Callable[..., dict[str, Any]]:
    """The endpoint and tool ``search``."""

    def search(query: str, request: gr.Request, k: int = 5) -> dict[str, Any]:
        """Finds the ``k`` passages nearest to a query, best first: the JSON of ``wenda search --json``.

        Args:
            query: What to look for, in Chinese or English.
            k: How many passages at most.
        """
        admitted(limiter, request)
        return or_error(
            lambda: {"query": query, "passages": [passage_dict(hit) for hit in bot.search(query, k=k)]}
        )

    return search


def write_json(mcp_server: Any) -> None:  # noqa: ANN401 - its type is there only where the mcp package is
    """Has tools answer MCP clients in JSON, where Gradio would write what they return as Python does."""
    text = mcp_server.types.TextContent

    def written(values: Sequence[Any], _root_url: str) -> list[Any]:
        return [text(type="text", text=json.dumps(value, ensure_ascii=False, indent=2)) for value in values]

    # Gradio leaves no other way to say how.
    mcp_server.postprocess_output_data = written


def or_error(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The result, or the one-line message that a client is shown instead of a traceback."""
    try:
        return work()
    except WendaError as error:
        raise gr.Error(str(error)) from error
