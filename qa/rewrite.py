"""A question made to stand alone by a language model, and checked: it may bring in nothing that was not said."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from index.fold import squash
from index.language import is_chinese
from qa.answer import Language, Usage
from qa.followup import TURNS
from qa.language import in_script
from qa.llm import Model, ModelError
from qa.llm_wait import SilentError, in_time
from qa.meter import Meter
from qa.names import names
from qa.numbers import holds, known, stated
from qa.prompt import rewrite_messages, size
from qa.written import visible

_MOST = 128  # tokens
_PATIENCE = 10.0  # seconds for a word; the rules need none
_ROOM = 60  # characters, for a name or two


def rewritten_by(
    model: Model,
    question: str,
    language: Language,
    history: Sequence[tuple[str, str]],
    patience: float = _PATIENCE,
) -> tuple[str, Usage]:
    """The question as the model has it, "" where the model fails or what it wrote can't be trusted; what was used.

    It is to be one line in the language of the question, hardly longer than this and an earlier question
    together, whose numbers and names all stand in the conversation; and the model is to let nobody wait longer
    than ``patience`` seconds for a word of it.
    """
    messages = rewrite_messages(question, language, history)
    meter = Meter()
    if size(messages, model.count) + _MOST > model.context:
        return "", meter.usage
    try:
        with closing(in_time(meter.pieces(model, messages, _MOST), patience, patience)) as pieces:
            text = visible("".join(pieces)).strip().strip("「」“”\"'").strip()
    except (ModelError, SilentError):
        return "", meter.usage
    text = in_script(text, language)
    good = not meter.stopped and _trusted(text, question, language, history)
    return (text if good else ""), meter.usage


def _trusted(text: str, question: str, language: Language, history: Sequence[tuple[str, str]]) -> bool:
    """Whether a rewritten question brings in nothing that was not said."""
    longest = len(question) + max((len(asked) for asked, _ in history[-TURNS:]), default=0) + _ROOM
    one_line = len(text.splitlines()) == 1
    if not one_line or len(text) > longest or is_chinese(text) != (language != "en"):
        return False
    said = "\n".join([question, *(f"{asked}\n{given}" for asked, given in history)])
    folded = squash(said)
    numbers = known(said)
    if not all(holds(number, numbers) for number in stated(text)):
        return False
    return all(squash(name) in folded for name in names(text))
