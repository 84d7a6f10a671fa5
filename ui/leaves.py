"""What leaves the computer that Wenda runs on: nothing, unless a language model elsewhere writes the answers."""

from __future__ import annotations

from urllib.parse import urlsplit

from qa.llm import Model
from qa.llm_local import LocalModel
from qa.llm_server import ServerModel


def sent_to(model: Model | None) -> str:
    """The host, with its port where one was named, that questions and passages are sent to; "" where they stay here.

    Of a model that is neither in this process nor on a named server, all that is known is its name.

    >>> sent_to(ServerModel("qwen3", "https://llm.example.org:8443/v1", "secret", context=8192, timeout=60))
    'llm.example.org:8443'
    >>> sent_to(None)
    ''
    """
    if model is None or isinstance(model, LocalModel):
        return ""
    return urlsplit(model.url).netloc if isinstance(model, ServerModel) else model.name
