"""A bundled model with a file that is missing or damaged says so in one line, whichever half it is."""

from __future__ import annotations

import pytest

from index.bundled import BUNDLED, read_bundled
from index.errors import EncoderError


@pytest.fixture
def copy(tmp_path):
    """The bundled model's folder, by links."""
    for file in BUNDLED.glob("*/*.*"):
        if file.is_file():
            (tmp_path / file.parent.name).mkdir(exist_ok=True)
            (tmp_path / file.parent.name / file.name).symlink_to(file)
    return tmp_path


def test_the_model_can_lie_in_another_folder(copy):
    ours, theirs = read_bundled(), read_bundled(copy)
    assert theirs.name == ours.name
    assert (theirs.encode_query(["問題"]) == ours.encode_query(["問題"])).all()


def use(folder):
    """All that the model is for."""
    encoder = read_bundled(folder)
    encoder.encode_query(["問題"])
    encoder.read_together("問題", [("", "句子")])


@pytest.mark.parametrize("content", [None, b"{}", b"cut short"], ids=["missing", "empty", "damaged"])
@pytest.mark.parametrize(
    "file",
    [
        "static/wenda.json",
        "static/model.safetensors",
        "static/tokenizer.json",
        "contextual/wenda.json",
        "contextual/config.json",
        "contextual/model.safetensors",
        "contextual/tokens.safetensors",
        "contextual/tokenizer.json",
        "contextual/cross.safetensors",
    ],
)
def test_a_damaged_model_is_named(copy, file, content):
    (copy / file).unlink()
    if content is not None:
        (copy / file).write_bytes(content)
    with pytest.raises(EncoderError, match=r"can't load the model in .*: install that again$") as caught:
        use(copy)
    assert str(copy) in str(caught.value)
    assert "\n" not in str(caught.value)
