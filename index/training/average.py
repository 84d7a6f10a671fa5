"""One model made of several: the mean of their weights ("model soups", Wortsman et al. 2022).

A run whose rates have gone down to nothing ends somewhere on the rim of a wide valley. Taken up again with more steps, its
rates go up and down once more, and it ends elsewhere on the rim; the mean lies nearer to the middle, and does better
than any of them on what none has seen.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from index.training.export import sign_contextual


def average(models: Sequence[Path], out: Path) -> None:
    """Writes to the folder ``out`` the mean of contextual models of one vocabulary, each a folder.

    All else, the directions in which tokens are kept too, is that of the last. Raises ValueError where the arrays of
    two models, or their tokenizers, differ.
    """
    arrays = [load_file(model / "model.safetensors") for model in models]
    words = [json.loads((m / "tokenizer.json").read_text(encoding="utf-8")).get("model") for m in models]
    shapes = {tuple((name, tuple(array.shape)) for name, array in sorted(one.items())) for one in arrays}
    if len(shapes) != 1 or any(one != words[0] for one in words):
        raise ValueError("models can be averaged only where they have one vocabulary and the same layers")
    shutil.copytree(models[-1], out, dirs_exist_ok=True)
    mean = {
        name: torch.stack([one[name].float() for one in arrays]).mean(dim=0).to(last.dtype)
        for name, last in arrays[-1].items()
    }
    save_file(mean, out / "model.safetensors", metadata={"format": "pt"})
    sign_contextual(out)
