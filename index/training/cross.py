"""A run that trains the cross-encoder: the contextual model's layers with a change of low rank (LoRA, Hu et al. 2022).

The model itself stays as it is, and so do its vectors; what is learned is small and lies beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from index.contextual import marks_of, read_parts
from index.cross import CHANGED, FILE, Pair
from index.layers import PARTS, WORD_VECTORS
from index.training.answers import Asked, Group, group, piece, read_asked
from index.training.checkpoint import resume, save, warm_then_down
from index.training.config import CrossConfig
from index.training.data import read_corpus


class LowRank(nn.Module):
    """A linear layer that stays, and a change of it of low rank that is learned."""

    def __init__(self, kept: nn.Linear, rank: int) -> None:
        """Begins with no change."""
        super().__init__()
        self.kept = kept.requires_grad_(requires_grad=False)
        self.down = nn.Parameter(torch.randn(rank, kept.in_features) / math.sqrt(kept.in_features))
        self.up = nn.Parameter(torch.zeros(kept.out_features, rank))

    def forward(self, x: Tensor) -> Tensor:
        """``x``, (…, in) → (…, out)."""
        change = functional.linear(functional.linear(x, self.down), self.up)
        kept: Tensor = self.kept(x)
        return kept + change


class Head(nn.Module):
    """What is seen of a pair, (n, 4 d), to its logit, (n,): a direct part, and one by a hidden layer."""

    def __init__(self, size: int, hidden: int) -> None:
        """``size`` is 4 d."""
        super().__init__()
        self.direct = nn.Parameter(torch.zeros(size))
        self.hidden = nn.Linear(size, hidden)
        self.out = nn.Parameter(torch.randn(hidden) / math.sqrt(hidden))
        self.bias = nn.Parameter(torch.zeros(1))

    def forward(self, seen: Tensor) -> Tensor:
        """The logits."""
        logits: Tensor = seen @ self.direct + torch.tanh(self.hidden(seen)) @ self.out + self.bias
        return logits


class Learner(nn.Module):
    """The cross-encoder as it learns; ``index.cross`` is what it becomes."""

    def __init__(self, folder: Path, config: CrossConfig) -> None:
        """On the contextual model of ``folder``."""
        super().__init__()
        from transformers import BertConfig, BertModel

        parts = read_parts(folder)
        arrays = dict(parts.arrays)
        settings = {"attention_probs_dropout_prob": 0.0, "hidden_dropout_prob": 0.0, "type_vocab_size": 3}
        of = BertConfig(**(parts.config | settings))
        of._attn_implementation = "eager"  # faster on a CPU with its gradient, as in index.training.distil
        bert = BertModel(of, add_pooling_layer=False)
        arrays[PARTS] = arrays[PARTS][:1].repeat(3, 1)
        arrays[WORD_VECTORS] = arrays[WORD_VECTORS].float()
        bert.load_state_dict(arrays, strict=False)
        bert.requires_grad_(requires_grad=False)
        self.tokenizer: Tokenizer = parts.tokenizer
        self.marks = marks_of(self.tokenizer)
        for name, module in [*bert.named_modules()]:
            if name.endswith(CHANGED):
                rank = config.rank * (2 if "attention.self" in name else 1)
                parent, _, last = name.rpartition(".")
                setattr(bert.get_submodule(parent), last, LowRank(module, rank))
        bert.embeddings.token_type_embeddings.weight.requires_grad_()
        self.bert: Any = bert
        self.head = Head(4 * of.hidden_size, config.hidden)

    def pairs(self, rows: Sequence[tuple[str, str, str]]) -> list[Pair]:
        """Folded texts as token ids."""
        flat = [text for row in rows for text in row]
        ids = [e.ids for e in self.tokenizer.encode_batch_fast(flat, add_special_tokens=False)]
        return [Pair.of(*ids[i : i + 3]) for i in range(0, len(ids), 3)]

    def forward(self, pairs: Sequence[Pair]) -> Tensor:
        """The logits, (n,)."""
        device = self.head.bias.device
        rows = [pair.row(self.marks) for pair in pairs]
        ids, parts, mask = (torch.zeros(len(rows), max(len(r) for r, _ in rows)).long() for _ in range(3))
        for i, (row, part) in enumerate(rows):
            ids[i, : len(row)], parts[i, : len(row)] = torch.tensor(row), torch.tensor(part)
            mask[i, : len(row)] = 1
        states = self.bert(
            input_ids=ids.to(device), token_type_ids=parts.to(device), attention_mask=mask.to(device)
        ).last_hidden_state
        inner = mask.bool() & (ids != self.marks[0]) & (ids != self.marks[1])
        asked, told = (self._mean(states, (inner & (parts == part)).to(device)) for part in (0, 2))
        return self.head(torch.cat([states[:, 0], asked, told, asked * told], dim=1))  # type: ignore[no-any-return]

    def take(self, change: Mapping[str, Tensor]) -> None:
        """Takes up again the change that ``export`` wrote, each of its two matrices with its share of the scale."""
        with torch.no_grad():
            for name, module in self.bert.named_modules():
                if isinstance(module, LowRank):
                    share = change[f"{name}.weight.scale"].sqrt()
                    module.up.copy_(change[f"{name}.weight.up"] * share)
                    module.down.copy_(change[f"{name}.weight.down"] * share[:, None])
            self.bert.embeddings.token_type_embeddings.weight.copy_(change[PARTS])
            for name, array in self.head.named_parameters():
                array.copy_(change[f"head.{name}"])

    @staticmethod
    def _mean(states: Tensor, where: Tensor) -> Tensor:
        weight = where.float()[..., None]
        return (states * weight).sum(1) / weight.sum(1).clamp_min(1)

    def in_halves(self, pairs: Sequence[Pair]) -> Tensor:
        """The same with the shorter half apart from the longer, so that less is padding."""
        order = sorted(range(len(pairs)), key=lambda i: sum(map(len, pairs[i])))
        middle = max(len(order) // 2, 1)
        parts = [self([pairs[i] for i in part]) for part in (order[:middle], order[middle:]) if part]
        return torch.cat(parts)[torch.argsort(torch.tensor(order)).to(parts[0].device)]


def loss_of(learner: Learner, groups: Sequence[Group], config: CrossConfig) -> Tensor:
    """The right sentence among those of its group, and each sentence by itself, right or wrong."""
    rows = [row for one in groups for row in one.rows]
    altered = [one.altered for one in groups if one.altered]
    logits = learner.in_halves(learner.pairs([*rows, *altered]))
    by_group = torch.split(logits[: len(rows)], [len(one.rows) for one in groups])
    ranked = torch.stack([torch.logsumexp(some, 0) - some[0] for some in by_group]).mean()
    right = torch.zeros_like(logits)
    right[np.cumsum([0, *(len(one.rows) for one in groups[:-1])])] = 1.0
    each = functional.binary_cross_entropy_with_logits(logits, right, reduction="none")
    counts = torch.where(right > 0, config.right, 1.0)
    return ranked + (each * counts).sum() / counts.sum()


@dataclass(frozen=True)
class Run:
    """The learner and what a checkpoint keeps of it."""

    learner: Learner
    adam: torch.optim.Optimizer
    rate: torch.optim.lr_scheduler.LambdaLR

    @classmethod
    def begin(cls, folder: Path, config: CrossConfig, device: str) -> Run:
        """A fresh run."""
        torch.manual_seed(config.seed)
        learner = Learner(folder, config).to(device)
        taught = [p for p in learner.parameters() if p.requires_grad]
        adam = torch.optim.AdamW(taught, lr=config.rate, weight_decay=0.01, betas=(0.9, 0.99))
        return cls(learner, adam, warm_then_down(adam, config.steps, config.warmup))

    def save(self, checkpoint: Path, step: int) -> None:
        """Writes the state after ``step`` steps."""
        save(checkpoint, step, learner=self.learner, adam=self.adam, rate=self.rate)

    def resume(self, checkpoint: Path) -> int:
        """Takes up a run that was cut off; how many steps it had made."""
        device = self.learner.head.bias.device
        return resume(checkpoint, device, learner=self.learner, adam=self.adam, rate=self.rate)


class Source:
    """Draws groups of every kind as often as ``config.weight`` says."""

    def __init__(
        self,
        asked: dict[str, list[Asked]],
        translated: Sequence[tuple[str, str, str]],
        config: CrossConfig,
    ) -> None:
        """``translated`` are (Chinese, English, source) in the order of their documents."""
        self._asked = asked
        self._translated = translated
        self._config = config
        self._chance = {
            kind: np.cumsum([one.weight for one in some]) / sum(one.weight for one in some)
            for kind, some in asked.items()
            if some
        }

    def __call__(self, random: np.random.Generator) -> Group:
        """One group."""
        weight = self._config.weight
        kind = list(weight)[random.choice(len(weight), p=np.array([*weight.values()]) / sum(weight.values()))]
        if kind == "pieces":
            return piece(self._translated, self._config, random)
        number = int(np.searchsorted(self._chance[kind], random.random()))
        return group(self._asked[kind][number], self._config, random)


def run_steps(run: Run, source: Source, config: CrossConfig, done: int) -> None:
    """``save_every`` steps; what they draw depends on the seed and on ``done`` alone."""
    random = np.random.default_rng((config.seed, done))
    bar = tqdm(range(min(config.save_every, config.steps - done)), desc=f"from step {done}", mininterval=10)
    for _ in bar:
        loss = loss_of(run.learner, [source(random) for _ in range(config.batch)], config)
        run.adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(run.learner.parameters(), 1.0)
        run.adam.step()
        run.rate.step()
        bar.set_postfix(loss=f"{loss.item():.3f}")


def train(data: Path, model: Path, work: Path, config: CrossConfig, *, onward: bool = False) -> None:
    """Trains on the contextual model of the folder ``model`` and writes the change into it; ``onward`` from the one there."""
    from safetensors.torch import load_file

    device = "cuda" if torch.cuda.is_available() else "cpu"
    source = Source(read_asked(data, config), read_corpus(data, config.data).translated, config)
    run = Run.begin(model, config, device)
    if onward:
        run.learner.take(load_file(model / FILE))
    work.mkdir(parents=True, exist_ok=True)
    done = run.resume(work / "checkpoint.pt")
    while done < config.steps:
        run_steps(run, source, config, done)
        done = min(done + config.save_every, config.steps)
        run.save(work / "checkpoint.pt", done)
    export(run.learner, model)


def export(learner: Learner, folder: Path) -> None:
    """Writes the change beside the model: its matrices with one byte a number, all else in half precision."""
    from safetensors.torch import save_file

    arrays: dict[str, Tensor] = {PARTS: learner.bert.embeddings.token_type_embeddings.weight.detach().half()}
    for name, module in learner.bert.named_modules():
        if isinstance(module, LowRank):
            up, down = module.up.detach(), module.down.detach()
            highest = up.abs().amax(0).clamp_min(1e-9), down.abs().amax(1).clamp_min(1e-9)
            arrays[f"{name}.weight.up"] = (up / highest[0] * 127).round().to(torch.int8)
            arrays[f"{name}.weight.down"] = (down / highest[1][:, None] * 127).round().to(torch.int8)
            arrays[f"{name}.weight.scale"] = highest[0] * highest[1] / 127**2
    head = {f"head.{name}": array.detach().half() for name, array in learner.head.named_parameters()}
    save_file({name: array.contiguous().cpu() for name, array in (arrays | head).items()}, folder / FILE)
