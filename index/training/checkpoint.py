"""What both training runs need to be cut off and taken up again: a learning rate's course, and a state on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import torch
from torch.optim.lr_scheduler import LambdaLR


class Stateful(Protocol):
    """A model, an optimiser, a course: whatever torch gives a state."""

    def state_dict(self) -> dict[str, Any]:
        """The state, for ``load_state_dict``."""
        ...

    def load_state_dict(self, state_dict: dict[str, Any]) -> Any:  # noqa: ANN401
        """Takes a state over."""
        ...


def warm_then_down(optimizer: torch.optim.Optimizer, steps: int, warmup: float) -> LambdaLR:
    """Up for the share ``warmup`` of the steps, then linearly down to a fiftieth of the rate."""
    warm = max(int(steps * warmup), 1)
    return LambdaLR(optimizer, lambda step: min((step + 1) / warm, max(1 - step / steps, 0.02)))


def warm_steady_down(optimizer: torch.optim.Optimizer, steps: int, warmup: float, down: float) -> LambdaLR:
    """Up for the share ``warmup``, steady, then linearly down to nothing over the last share ``down``.

    Until it goes down, a run may be given more or fewer steps than it began with (Hägele et al. 2024).
    """
    warm, last = max(int(steps * warmup), 1), max(int(steps * down), 1)
    return LambdaLR(optimizer, lambda step: min((step + 1) / warm, max(steps - step, 0) / last, 1.0))


def save(checkpoint: Path, done: int, **parts: Stateful) -> None:
    """Writes the state after ``done`` epochs or steps; the file is whole at any moment."""
    fresh = checkpoint.with_suffix(".new")
    torch.save({"done": done} | {name: part.state_dict() for name, part in parts.items()}, fresh)
    fresh.replace(checkpoint)


def resume(checkpoint: Path, device: torch.device | str = "cpu", **parts: Stateful) -> int:
    """Gives the parts the state of a run that was cut off; how far it had come, 0 for a new run."""
    if not checkpoint.exists():
        return 0
    state = torch.load(checkpoint, map_location=device, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(state[name])
    return int(state["done"])
