"""The training run: draw a batch, step, look at the held-out questions after each epoch, save, go on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from index.late import telling
from index.training.checkpoint import resume, save, warm_then_down
from index.training.config import Config
from index.training.evaluate import ndcg_at_10, passages_of, standardised
from index.training.export import export, principal_directions
from index.training.losses import contrast, late_interaction, ranking
from index.training.prepare import Prepared, Source, prepare
from index.training.ragged import Ids, padded, ragged
from index.training.vocabulary import Vocabulary


class Static(nn.Module):
    """The model: one vector a token; a text is the direction of their sum."""

    def __init__(self, start: npt.NDArray[np.float32]) -> None:
        """Takes over ``start``, float32 (rows, d)."""
        super().__init__()
        self.table = nn.Parameter(torch.from_numpy(start))


def encode(table: Tensor, ids: Ids, offsets: Ids) -> Tensor:
    """Unit vectors (texts, d) of texts end to end."""
    flat, starts = torch.from_numpy(ids).to(table.device), torch.from_numpy(offsets).to(table.device)
    return functional.normalize(functional.embedding_bag(flat, table, starts, mode="sum"), dim=1)


def rarity(vocabulary: Vocabulary) -> Tensor:
    """How much each row tells by being rare in its language, float32 (rows,); 0 for the unknown."""
    scores = np.array(vocabulary.scores[: len(vocabulary.words)])
    return torch.from_numpy(telling(scores) * (np.arange(len(scores)) > 0)).float()


def draw(source: Source, size: int, block: int, random: np.random.Generator) -> Ids:
    """The numbers of about ``size`` different pairs, in runs of ``block`` neighbours."""
    count = len(source.chance)
    starts = random.choice(count, size=min(size // block, count), replace=False, p=source.chance)
    numbers = ((starts[:, None] + np.arange(block)) % count).ravel()
    _, first = np.unique(numbers, return_index=True)
    chosen: Ids = numbers[np.sort(first)]
    return chosen


def step_loss(model: Static, source: Source, some: Ids, rare: Tensor, config: Config) -> Tensor:
    """The loss of one batch, the pairs ``some`` of ``source``."""
    left, right, group = source.left[some], source.right[some], source.group[some]
    alike = (right[:, None] == right[None]) | (left[:, None] == left[None])
    alike |= (group[:, None] == group[None]) & (group >= 0)
    same = torch.from_numpy(alike & ~np.eye(len(some), dtype=bool)).to(rare.device)
    (asked, asked_at), (told, told_at) = source.texts.take(left), source.texts.take(right)
    # The few rows that this batch uses are taken out once: a gradient the size of the table costs most of a step.
    used, number = np.unique(np.concatenate([[0], asked, told]), return_inverse=True)
    asked, told = number[1 : 1 + len(asked)], number[1 + len(asked) :]
    rows = torch.from_numpy(used).to(rare.device)
    table = model.table[rows]
    loss = contrast(encode(table, asked, asked_at), encode(table, told, told_at), same, config.temperature)
    if config.late_weight:
        part = config.late_batch
        questions = torch.from_numpy(padded(asked, asked_at, 64)[:part]).to(rare.device)
        answers = torch.from_numpy(padded(told, told_at, 200)[:part]).to(rare.device)
        scores = late_interaction(table, questions, answers, rare[rows])
        loss = loss + config.late_weight * ranking(scores, same[:part, :part], config.late_temperature)
    return loss


@torch.inference_mode()
def development(model: Static, prepared: Prepared, config: Config) -> dict[str, float]:
    """nDCG@10 on the held-out questions by direction: by cosine, by late interaction, by both."""
    rare = rarity(prepared.vocabulary).to(model.table.device)
    figures: dict[str, float] = {}
    for kind in ("zh→zh", "en→en", "en→zh", "zh→en"):
        asked = [q for q in prepared.held_out if q.kind == kind]
        passages, right = passages_of(asked)
        questions = ragged(prepared.vocabulary, [q.question for q in asked], 64)
        documents = ragged(prepared.vocabulary, passages, config.passage_tokens)
        left, told = questions.take(np.arange(len(asked))), documents.take(np.arange(len(passages)))
        cosine = (encode(model.table, *left) @ encode(model.table, *told).T).numpy(force=True)
        wide = torch.from_numpy(padded(*told, config.passage_tokens)).to(rare.device)
        late = [
            late_interaction(model.table, part, wide, rare).numpy(force=True)
            for part in torch.split(torch.from_numpy(padded(*left, 64)).to(rare.device), 64)
        ]
        figures |= figures_of(kind, cosine, np.concatenate(late), right)
    return figures


def figures_of(
    kind: str, cosine: npt.NDArray[np.float32], late: npt.NDArray[np.float32], right: list[int]
) -> dict[str, float]:
    """nDCG@10 of two scores and of their sum, named after the direction ``kind``."""
    both = standardised(cosine) + standardised(late)
    scores = {"cosine": cosine, "late": late, "both": both}
    return {f"{kind} {name}": ndcg_at_10(score, right) for name, score in scores.items()}


@dataclass(frozen=True)
class Run:
    """What a checkpoint keeps: the model, its optimiser and the learning rate's course."""

    model: Static
    optimizer: torch.optim.Optimizer
    rate: torch.optim.lr_scheduler.LRScheduler

    @classmethod
    def begin(cls, start: npt.NDArray[np.float32], config: Config) -> Run:
        """A fresh run: warm-up, then a linear way down to a fiftieth of the rate."""
        model = Static(start.copy()).to("cuda" if torch.cuda.is_available() else "cpu")
        optimizer = torch.optim.Adam(model.parameters(), lr=config.learning_rate, fused=True)
        course = warm_then_down(optimizer, config.epochs * config.steps_per_epoch, config.warmup)
        return cls(model, optimizer, course)

    def save(self, checkpoint: Path, epoch: int) -> None:
        """Writes the state after ``epoch`` epochs; the file is whole at any moment."""
        save(checkpoint, epoch, model=self.model, optimizer=self.optimizer, rate=self.rate)

    def resume(self, checkpoint: Path) -> int:
        """Takes up the state of a run that was cut off; how many epochs it had finished, 0 for a new run."""
        device = self.model.table.device
        return resume(checkpoint, device, model=self.model, optimizer=self.optimizer, rate=self.rate)


def train(data: Path, out: Path, work: Path, config: Config) -> dict[str, float]:
    """Trains from ``data`` into the model folder ``out``; ``work`` keeps checkpoints, from which it resumes.

    ``out`` has the ``kept`` first principal directions of the vectors, ``work / "whole"`` all of them.

    Returns the figures on the held-out questions after the last epoch.
    """
    torch.manual_seed(config.seed)
    prepared = prepare(data, work, config)
    run = Run.begin(prepared.start, config)
    done = run.resume(work / "checkpoint.pt")
    figures = development(run.model, prepared, config)
    print(f"after {done} epochs", show(figures), flush=True)
    for epoch in range(done, config.epochs):
        run_epoch(run, prepared, config, epoch)
        figures = development(run.model, prepared, config)
        print(f"after {epoch + 1} epochs", show(figures), flush=True)
        run.save(work / "checkpoint.pt", epoch + 1)
    table = run.model.table.detach().cpu().numpy()
    export(work / "whole", prepared.vocabulary, table)
    export(out, prepared.vocabulary, table @ principal_directions(table, config.kept))
    return figures


def run_epoch(run: Run, prepared: Prepared, config: Config, epoch: int) -> None:
    """``steps_per_epoch`` steps, each on one source; the draw depends on the seed and the epoch alone."""
    random = np.random.default_rng((config.seed, epoch))
    names = list(prepared.sources)
    chance = np.array([config.weight[name] for name in names])
    rare = rarity(prepared.vocabulary).to(run.model.table.device)
    bar = tqdm(range(config.steps_per_epoch), desc=f"epoch {epoch + 1}", mininterval=5)
    for _ in bar:
        name = names[random.choice(len(names), p=chance / chance.sum())]
        source = prepared.sources[name]
        some = draw(source, config.batch[name], config.block.get(name, 1), random)
        loss = step_loss(run.model, source, some, rare, config)
        run.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        run.optimizer.step()
        run.rate.step()
        bar.set_postfix({name: f"{loss.item():.3f}"})


def show(figures: dict[str, float]) -> str:
    """The figures on one line."""
    return "  ".join(f"{name} {value:.3f}" for name, value in figures.items())
