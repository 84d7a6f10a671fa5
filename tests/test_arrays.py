"""Arrays in a file, against the reader of safetensors; rows and strings of different lengths, against lists."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of
from safetensors.numpy import load_file

from index.arrays import mapped, pour
from index.ragged import Ragged, Texts

KINDS = (np.float32, np.float16, np.int64, np.int32, np.int8, np.uint8)
some = st.sampled_from(KINDS).flatmap(
    lambda kind: arrays_of.arrays(
        kind, arrays_of.array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5)
    )
)


def save(arrays: dict[str, npt.NDArray[np.generic]], path: Path) -> None:
    with path.open("wb") as file:
        pour(arrays, file.write)


@given(st.dictionaries(st.text("abc.文", min_size=1, max_size=5), some, max_size=6))
def test_a_file_of_arrays_is_one_of_safetensors(arrays: dict[str, npt.NDArray[np.generic]]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.safetensors"
        save(arrays, path)
        for found in (mapped(path), load_file(path)):
            assert found.keys() == arrays.keys()
            for name, numbers in arrays.items():
                assert (found[name].dtype, found[name].shape) == (numbers.dtype, numbers.shape)
                assert found[name].tobytes() == numbers.tobytes()


def test_what_is_mapped_is_read_only_and_aligned(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    save({"odd": np.ones(3, np.int8), "wide": np.arange(5), "half": np.ones((2, 2), np.float16)}, path)
    found = mapped(path)
    assert all(numbers.flags.aligned for numbers in found.values())
    with pytest.raises(ValueError, match="read-only"):
        found["wide"][0] = 7


def test_an_array_is_written_as_it_is_read_whatever_its_order_in_memory(tmp_path: Path) -> None:
    turned = np.arange(12, dtype=np.int32).reshape(3, 4).T[::2]
    save({"turned": turned}, tmp_path / "a")
    assert mapped(tmp_path / "a")["turned"].tolist() == turned.tolist()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 7,
        b"\xff" * 99,
        b"\2" + b"\0" * 7 + b"[]",
        b"\x40" + b"\0" * 7 + b'{"a":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}}'.ljust(64),
        b"\x40"
        + b"\0" * 7
        + b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}'.ljust(64)
        + b"12345678",
        b"\x40" + b"\0" * 7 + b'{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}'.ljust(64) + b"1",
    ],
)
def test_what_is_no_file_of_arrays_is_an_error(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(ValueError):  # noqa: PT011 - each kind of damage has a message of its own
        mapped(tmp_path / "a")


rows_of = st.lists(st.lists(st.integers(-9, 9), max_size=4), min_size=1, max_size=6)


@given(rows_of, rows_of, st.data())
def test_rows_come_back_as_they_went_in(
    one: list[list[int]], two: list[list[int]], data: st.DataObject
) -> None:
    first, second = (Ragged.of([np.array(row, dtype=np.int32) for row in rows]) for rows in (one, two))
    assert [first[i].tolist() for i in range(len(first))] == one
    joined = Ragged.join([first, second])
    assert [joined[i].tolist() for i in range(len(joined))] == one + two
    kept = data.draw(st.lists(st.integers(0, len(joined) - 1)))
    taken = joined.take(np.array(kept, dtype=np.int64))
    assert [taken[i].tolist() for i in range(len(taken))] == [(one + two)[i] for i in kept]
    assert taken.values.dtype == np.int32


def test_rows_that_do_not_fit_are_an_error() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        Ragged(np.zeros(3), np.array([0, 2]))
    with pytest.raises(IndexError, match="no row 1 of 1"):
        Ragged(np.zeros(2), np.array([0, 2]))[1]


@given(st.lists(st.text(st.characters(categories=["L", "N", "P", "Cs"]))))
def test_strings_come_back_even_those_that_no_file_should_have(strings: list[str]) -> None:
    assert list(Texts.of(strings)) == strings
