"""A question made to stand alone by a language model, and checked: it may bring in nothing that was not said."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from index.fold import fold
from qa.answer import Language, Usage
from qa.language import in_script, is_chinese
from qa.llm import Model, ModelError
from qa.meter import Meter
from qa.names import names
from qa.numbers import holds, known, stated
from qa.prompt import rewrite_messages, size
from qa.written import visible

_MOST = 128  # tokens
_LONGEST = 300  # characters


def rewritten_by(
    model: Model, question: str, language: Language, history: Sequence[tuple[str, str]]
) -> tuple[str, Usage]:
    """The question as the model has it, "" where the model fails or what it wrote can't be trusted; what was used.

    It is to be one line in the language of the question, whose numbers and names all stand in the
    conversation.
    """
    messages = rewrite_messages(question, language, history)
    meter = Meter()
    if size(messages, model.count) + _MOST > model.context:
        return "", meter.usage
    try:
        with closing(meter.pieces(model, messages, _MOST)) as pieces:
            text = visible("".join(pieces)).strip().strip("「」“”\"'").strip()
    except ModelError:
        return "", meter.usage
    text = in_script(text, language)
    return (text if _trusted(text, question, language, history) else ""), meter.usage


def _trusted(text: str, question: str, language: Language, history: Sequence[tuple[str, str]]) -> bool:
    """Whether a rewritten question brings in nothing that was not said."""
    if not text or "\n" in text or len(text) > _LONGEST or is_chinese(text) != (language != "en"):
        return False
    said = "\n".join([question, *(f"{asked}\n{given}" for asked, given in history)])
    folded = "".join(fold(said).split())
    numbers = known(said)
    if not all(holds(number, numbers) for number in stated(text)):
        return False
    return all("".join(fold(name).split()) in folded for name in names(text))
