"""Answers that were written before, to be given again: a small store that forgets the least recent."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock

from qa.answer import Answer


class Memory:
    """The last ``most`` answers by their keys; 0 keeps none. Threads may share it.

    >>> memory = Memory(1)
    >>> for key in "ab":
    ...     memory.put(key, Answer(key, "en", "", False, 0.5))
    >>> memory.get("a"), memory.get("b").question
    (None, 'b')
    """

    def __init__(self, most: int) -> None:
        """``most`` is 0 or more."""
        self._most = most
        self._kept: OrderedDict[Hashable, Answer] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Answer | None:
        """The answer kept for a key, None where there is none."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, answer: Answer) -> None:
        """Keeps an answer, and forgets the least recent beyond ``most``."""
        with self._lock:
            self._kept[key] = answer
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._kept.clear()
