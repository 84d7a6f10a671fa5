"""A Hugging Face model that writes in this process: no server, and once it is here no network."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from queue import Empty
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any

from qa.llm import Message, ModelError, Piece

if TYPE_CHECKING:
    from transformers import BatchEncoding, PreTrainedModel, PreTrainedTokenizerBase

_LONGEST_SILENCE = 300.0  # seconds for one token; a big model on a small machine is slow


class LocalModel:
    """A causal language model of transformers with its tokenizer. Threads may share it: one writes at a time."""

    def __init__(
        self, name: str, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, context: int
    ) -> None:
        """Takes finished parts; ``load`` makes them."""
        self.name = name
        own = getattr(model.config, "max_position_embeddings", None)
        self.context = min(context, own) if isinstance(own, int) else context
        self._model: Any = model
        self._tokenizer: Any = tokenizer
        self._lock = Lock()

    @classmethod
    def load(cls, name: str, context: int) -> LocalModel:
        """The model of this name or folder. Raises ``ModelError`` where it can't be loaded."""
        if not name:
            raise ModelError("Which local model? Write local:NAME, a Hugging Face name or a folder.", "model")
        from transformers import AutoModelForCausalLM, AutoTokenizer

        try:
            tokenizer = AutoTokenizer.from_pretrained(name)
            model = AutoModelForCausalLM.from_pretrained(name)
        except (OSError, ValueError, ImportError, RuntimeError, KeyError) as error:
            reason = " ".join(str(error).split())[:200]
            raise ModelError(f"The language model {name!r} can't be loaded ({reason}).", "model") from error
        model.eval()  # type: ignore[no-untyped-call]
        return cls(name, model, tokenizer, context)

    def count(self, text: str) -> int:
        """How many tokens the text has."""
        return len(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def write(self, messages: Sequence[Message], most: int) -> Generator[Piece, None, None]:
        """What the model writes, as it comes, always the likeliest; closing the iterator stops it. Raises ``ModelError``."""
        inputs = self._inputs(messages)
        length = int(inputs["input_ids"].shape[1])
        if length + most > self.context:
            raise ModelError("The question and its passages are too long for the local model.", "long")
        with self._lock:
            yield from self._generated(inputs, length, most)

    def _inputs(self, messages: Sequence[Message]) -> BatchEncoding:
        if self._tokenizer.chat_template:
            sent = [{"role": m.role, "content": m.content} for m in messages]
            given: BatchEncoding = self._tokenizer.apply_chat_template(
                sent, add_generation_prompt=True, return_tensors="pt", return_dict=True
            )
        else:
            given = self._tokenizer("\n\n".join(m.content for m in messages) + "\n\n", return_tensors="pt")
        return given

    def _generated(self, inputs: BatchEncoding, length: int, most: int) -> Generator[Piece, None, None]:
        from transformers import StoppingCriteriaList, TextIteratorStreamer

        stopped = Event()
        failed: list[Exception] = []
        written: list[int] = []
        streamer = TextIteratorStreamer(
            self._tokenizer, skip_prompt=True, skip_special_tokens=True, timeout=_LONGEST_SILENCE
        )

        def run() -> None:
            try:
                given = self._model.generate(
                    **inputs,
                    max_new_tokens=most,
                    do_sample=False,
                    streamer=streamer,
                    stopping_criteria=StoppingCriteriaList([lambda *_, **__: stopped.is_set()]),
                )
                written.append(int(given.shape[1]) - length)
            except Exception as error:  # it ran in another thread: the caller is to hear of it
                failed.append(error)
                streamer.end()  # type: ignore[no-untyped-call]

        writer = Thread(target=run, daemon=True)
        writer.start()
        try:
            for text in streamer:
                yield Piece(text)
        except Empty:
            raise ModelError("The local model takes too long.", "slow") from None
        finally:
            stopped.set()
            writer.join()
        if failed:
            raise ModelError(
                f"The local model failed ({' '.join(str(failed[0]).split())[:200]})."
            ) from failed[0]
        count = written[0]
        yield Piece(finish="length" if count >= most else "stop", tokens_in=length, tokens_out=count)
