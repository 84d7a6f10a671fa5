"""Sequences and mappings whose items are made when they are looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class Lazy(Sequence[T]):
    """``count`` items, of which ``get(i)`` makes item i. Equal to any sequence of equal items.

    >>> squares = Lazy(4, lambda i: i * i)
    >>> squares[-1], squares[1:3], squares == (0, 1, 4, 9)
    (9, (1, 4), True)
    """

    def __init__(self, count: int, get: Callable[[int], T]) -> None:
        """``get`` is called with 0 to ``count`` − 1."""
        self._count = count
        self._get = get

    def __len__(self) -> int:
        """How many items there are."""
        return self._count

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...
    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        """One item, or several as a tuple."""
        if isinstance(index, slice):
            return tuple(self._get(i) for i in range(self._count)[index])
        return self._get(range(self._count)[index])

    def __eq__(self, other: object) -> bool:
        """Whether the other has equal items in the same order."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    def __hash__(self) -> int:
        """That of the tuple of its items."""
        return hash(tuple(self))

    def __repr__(self) -> str:
        """How many items there are, not what they are."""
        return f"<{self._count} items>"


class Lookup(Mapping[str, T]):
    """Items by name, each made when it is looked at.

    >>> Lookup({"two": 2}, Lazy(4, lambda i: i * i))["two"]
    4
    """

    def __init__(self, numbers: Mapping[str, int], items: Sequence[T]) -> None:
        """The item of a name is ``items[numbers[name]]``."""
        self._numbers = numbers
        self._items = items

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._numbers)

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._numbers)

    def __contains__(self, name: object) -> bool:
        """Whether there is such a name; nothing is made."""
        return name in self._numbers

    def __getitem__(self, name: str) -> T:
        """The item of a name."""
        return self._items[self._numbers[name]]
