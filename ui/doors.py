"""Who may come in, by which door, and how often: what ``wenda chat`` can be told about serving.

The defaults are for one person on their own machine; a server for others sets accounts and limits.
"""

from __future__ import annotations

import hmac
import stat
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from time import monotonic

from index.errors import WendaError

_MINUTE = 60.0  # seconds
_REMEMBERED = 10_000  # visitors; the one who came first is forgotten, so that memory stays bounded


@dataclass(frozen=True, slots=True)
class Doors:
    """How the chat is served: ``root_path`` is where a proxy has it, ``queue`` how many may wait (0: any number),
    ``per_minute`` how many questions or files one visitor may bring in a minute (0: any number).
    """

    root_path: str = ""
    accounts: Accounts | None = None
    mcp: bool = False
    queue: int = 100
    per_minute: int = 0
    feedback: Path | None = None


@dataclass(frozen=True, slots=True)
class Accounts:
    """Names and passwords, from a file of ``name:password`` lines."""

    passwords: dict[str, str] = field(repr=False)

    @classmethod
    def read(cls, path: str | Path) -> Accounts:
        """The accounts in a file that only its owner can read. Raises ``WendaError`` where there are none."""
        file = Path(path)
        try:
            if stat.S_IMODE(file.stat().st_mode) & 0o077:
                raise WendaError(f"{path} can be read by others: chmod 600 {path}")
            lines = file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise WendaError(f"Cannot read the accounts in {path} ({error}).") from error
        passwords: dict[str, str] = {}
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            name, colon, password = line.partition(":")
            if not (name and colon and password):
                raise WendaError(f"{path}, line {number}: write name:password")
            passwords[name] = password
        if not passwords:
            raise WendaError(f"{path} holds no account: write name:password, one a line")
        return cls(passwords)

    def admit(self, name: str, password: str) -> bool:
        """True for a name with its password; as slow for a wrong name as for a wrong password."""
        known = self.passwords.get(name, "")
        same = hmac.compare_digest(known.encode(), password.encode())
        return same and name in self.passwords


class Limiter:
    """Counts what each visitor asks in the last minute. Safe to use from several threads.

    >>> limiter = Limiter(2, clock=iter([0, 1, 2, 61]).__next__)
    >>> [limiter.admit("a") for _ in range(4)]
    [True, True, False, True]
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = monotonic) -> None:
        """Admits ``per_minute`` a minute, or any number for 0; ``clock`` gives seconds."""
        self._per_minute = per_minute
        self._clock = clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def admit(self, visitor: str) -> bool:
        """True, and one more is counted, where the visitor has not used up the minute."""
        if not self._per_minute:
            return True
        with self._lock:
            now = self._clock()
            times = self._times.setdefault(visitor, deque())
            self._times.move_to_end(visitor)
            while times and times[0] <= now - _MINUTE:
                times.popleft()
            if len(self._times) > _REMEMBERED:
                self._times.popitem(last=False)
            if len(times) >= self._per_minute:
                return False
            times.append(now)
            return True
