"""What a step of training lessens: pairs far apart, by whole texts and by their tokens."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def contrast(left: Tensor, right: Tensor, same: Tensor, temperature: float) -> Tensor:
    """Each text must find its partner among all of the batch, both ways (multiple negatives ranking).

    ``left`` and ``right`` are (n, d), unit norm; ``same[i, j]`` is true where right j is not a wrong answer
    to left i (i ≠ j: the same text again).

    >>> x = torch.eye(3)
    >>> round(contrast(x, x, torch.zeros(3, 3, dtype=torch.bool), 0.05).item(), 6)
    0.0
    """
    return ranking(left @ right.T, same, temperature)


def ranking(scores: Tensor, same: Tensor, temperature: float) -> Tensor:
    """Cross-entropy of the diagonal of ``scores`` (n, n) along rows and along columns."""
    logits = (scores / temperature).masked_fill(same, -1e4)
    target = torch.arange(len(scores), device=scores.device)
    return (functional.cross_entropy(logits, target) + functional.cross_entropy(logits.T, target)) / 2


def late_interaction(table: Tensor, left: Tensor, right: Tensor, rare: Tensor) -> Tensor:
    """Scores (n, m): each token of a left text takes its best match in the right text (ColBERT, Khattab 2020).

    ``table`` (V, d) holds the token vectors, ``left`` (n, p) and ``right`` (m, q) their rows, 0 where a text
    has ended. A token of the left text counts as much as it is rare (``rare``, (V,) ≥ 0) and its vector long: the
    length is what the model has learned of its weight.
    """
    asked, at_left = torch.unique(left, return_inverse=True)
    told, at_right = torch.unique(right, return_inverse=True)
    cosine = functional.normalize(table[asked], dim=1) @ functional.normalize(table[told], dim=1).T
    cosine = cosine.masked_fill((told == 0)[None, :], -1.0)
    best = cosine[:, at_right.reshape(-1)].reshape(len(asked), *right.shape).amax(2)  # (asked, m)
    share = (rare[left] * table[left].norm(dim=2)) * (left > 0)
    share = share / share.sum(1, keepdim=True).clamp_min(1e-6)
    return torch.einsum("np,npm->nm", share, best[at_left])
