"""Models that really run: one in this process, and `transformers serve`, a server that others wrote.

The model is made here, tiny and with random weights: the protocol is real though the words are not.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.chatbot import Chatbot
from qa.llm import Message, ModelError, open_model
from qa.phrases import PHRASES
from tests.conftest import free_port

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
TEMPLATE = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"
SHORT = [Message("system", "Answer briefly."), Message("user", "亞信會議有多少成員？ How many?")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A causal language model of 30,000 random numbers with a tokenizer of single bytes."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({c: i for i, c in enumerate([*letters, "<end>"])}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>", pad_token="<end>")
    fast.chat_template = TEMPLATE
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=257,
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=16384,
        eos_token_id=256,
        pad_token_id=256,
    )
    path = tmp_path_factory.mktemp("tiny")
    LlamaForCausalLM(config).save_pretrained(path)
    fast.save_pretrained(path)
    return path


def test_a_local_model_writes_piece_by_piece_always_the_same(folder):
    model = open_model(f"local:{folder}", {})
    assert (model.name, model.context) == (str(folder), 8192)
    pieces = list(model.write(SHORT, 12))
    last = pieces[-1]
    assert (last.finish, last.tokens_out) == ("length", 12)
    assert last.tokens_in == model.count(
        "system: Answer briefly.\nuser: 亞信會議有多少成員？ How many?\nassistant:"
    )
    again = "".join(p.text for p in model.write(SHORT, 12))
    assert "".join(p.text for p in pieces) == again != ""


def test_a_local_model_stops_when_it_is_told_to(folder):
    model = open_model(f"local:{folder}", {})
    begun = model.write(SHORT, 4000)
    next(begun)
    begun.close()  # returns only once the thread that writes has ended
    assert list(model.write(SHORT, 3))[-1].tokens_out == 3


def test_a_local_model_takes_no_more_than_it_holds(folder):
    model = open_model(f"local:{folder}", {"WENDA_LLM_CONTEXT": "100"})
    with pytest.raises(ModelError, match="too long"):
        list(model.write([Message("user", "x" * 200)], 10))


def test_nonsense_of_a_local_model_is_not_shown(bot, folder):
    with_model = Chatbot(bot.index, model=open_model(f"local:{folder}", {"WENDA_LLM_CONTEXT": "6000"}))
    answer = with_model.ask("How many members does CICA have?")
    quoted = Chatbot(bot.index).ask("How many members does CICA have?")
    assert (answer.text, answer.citations) == (quoted.text, quoted.citations)
    assert answer.note in {PHRASES["en"].quoted.format(failure=f) for f in PHRASES["en"].failures.values()}
    assert answer.usage is not None
    assert answer.usage.tokens_in
    assert answer.usage.tokens_in <= 2 * 6000


@pytest.fixture(scope="module")
def served(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `transformers serve`, with the tiny model."""
    port = free_port()
    log = tmp_path_factory.mktemp("log") / "serve.log"
    command = [
        sys.executable, "-c", "from transformers.cli.transformers import main; main()",
        "serve", str(folder), "--host", "127.0.0.1", "--port", str(port), "--device", "cpu",
    ]  # fmt: skip
    environment = os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out, env=environment) as server:
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
                    break
                except (urllib.error.URLError, ConnectionError, TimeoutError):
                    assert server.poll() is None, log.read_text()[-2000:]
                    time.sleep(0.3)
            else:
                pytest.fail(f"transformers serve did not start: {log.read_text()[-2000:]}")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()
            server.wait(30)


def test_transformers_serve_streams_to_us(served, folder):
    model = open_model(f"{folder}@{served}", {"WENDA_LLM_TIMEOUT": "120", "WENDA_LLM_PAUSE": "120"})
    pieces = list(model.write(SHORT, 12))
    assert "".join(piece.text for piece in pieces)
    assert pieces[-1].finish in {"stop", "length"}
    told = [piece for piece in pieces if piece.tokens_in is not None]
    assert all(piece.tokens_in > 0 and piece.tokens_out > 0 for piece in told)


def test_a_question_through_transformers_serve(bot, served, folder):
    model = open_model(
        f"{folder}@{served}",
        {"WENDA_LLM_CONTEXT": "4000", "WENDA_LLM_TIMEOUT": "120", "WENDA_LLM_PAUSE": "120"},
    )
    answer = Chatbot(bot.index, model=model).ask("How many members does CICA have?")
    quoted = Chatbot(bot.index).ask("How many members does CICA have?")
    assert (answer.text, answer.citations) == (quoted.text, quoted.citations)
    assert answer.note
    assert answer.usage is not None
    assert answer.usage.calls in {1, 2}
