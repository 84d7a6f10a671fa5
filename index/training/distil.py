"""Trains the contextual encoder: ``python -m index.training.distil DATA_FOLDER``.

The English original stands still, layers and all; Chinese words learn to bring a Chinese text to where the original puts
its translation (as in Reimers & Gurevych 2020), and a question to its passage. English so loses nothing, and a step costs
less than half of one that trains the layers too. The run is seeded, saves itself every ``save_every`` steps, and goes
on from there when it is started again.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from tqdm import tqdm

from index.training.checkpoint import resume, save, warm_then_down
from index.training.config import ContextualConfig
from index.training.contextual import starting_model
from index.training.data import Corpus, Pairs, Question, is_english, read_corpus
from index.training.evaluate import ndcg_at_10, passages_of
from index.training.losses import contrast
from index.training.vocabulary import learn

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TRANSLATIONS = {"sentences", "lexicon", "glossary"}


def batches(
    pairs: Pairs, size: int, config: ContextualConfig, random: np.random.Generator
) -> list[list[int]]:
    """``pool`` batches of pairs of like length, in random order."""
    chance = np.array(pairs.weights) / sum(pairs.weights)
    count = min(size * config.pool, len(pairs.pairs))
    drawn = random.choice(len(chance), size=count, replace=False, p=chance)
    lengths = [len(pairs.pairs[i][0]) + 3 * len(pairs.pairs[i][1]) for i in drawn]
    ordered = drawn[np.argsort(lengths)]
    found = [ordered[i : i + size].tolist() for i in range(0, len(ordered), size)]
    random.shuffle(found)
    return found


def vectors(model: SentenceTransformer, texts: list[str], longest: int) -> Tensor:
    """Unit vectors (n, d); only those of texts with a Chinese character have gradients."""
    english = [i for i, text in enumerate(texts) if is_english(text)]
    chinese = [i for i, text in enumerate(texts) if not is_english(text)]
    found = []
    for some, learn_from in ((english, False), (chinese, torch.is_grad_enabled())):
        if some:
            features = model.preprocess([texts[i] for i in some])
            inputs = {
                k: v[:, :longest] for k, v in features.items() if isinstance(v, Tensor) and v.dim() == 2
            }
            with torch.set_grad_enabled(learn_from):
                found.append(functional.normalize(model(inputs)["sentence_embedding"], dim=1))
    return torch.cat(found)[np.argsort(english + chinese)]


def batch_loss(model: SentenceTransformer, pairs: Pairs, some: list[int], config: ContextualConfig) -> Tensor:
    """The loss of the pairs ``some``: contrast, and for translations the pull of one side to the other."""
    left, right = [pairs.pairs[i][0] for i in some], [pairs.pairs[i][1] for i in some]
    group = np.array([pairs.groups[i] for i in some])
    a, b = (np.unique(texts, return_inverse=True)[1] for texts in (left, right))
    alike = (
        (a[:, None] == a[None]) | (b[:, None] == b[None]) | ((group[:, None] == group[None]) & (group >= 0))
    )
    same = torch.from_numpy(alike & ~np.eye(len(some), dtype=bool))
    ours, theirs = vectors(model, left, config.longest), vectors(model, right, config.longest)
    loss = contrast(ours, theirs, same, config.temperature)
    if pairs.name in TRANSLATIONS:
        loss = loss + config.pull * (1 - (ours * theirs).sum(1)).mean()
    return loss


def development(model: SentenceTransformer, held_out: list[Question], limit: int = 100) -> dict[str, float]:
    """nDCG@10 by cosine on up to ``limit`` held-out questions a direction."""
    figures = {}
    for kind in ("zh→zh", "en→en", "en→zh", "zh→en"):
        asked = [q for q in held_out if q.kind == kind][:limit]
        passages, right = passages_of(asked)
        questions = model.encode([q.question for q in asked], show_progress_bar=False)
        figures[kind] = ndcg_at_10(questions @ model.encode(passages, show_progress_bar=False).T, right)
    return figures


@dataclass(frozen=True)
class Run:
    """What a checkpoint keeps."""

    model: SentenceTransformer
    adam: torch.optim.Adam
    rate: torch.optim.lr_scheduler.LambdaLR

    @classmethod
    def begin(cls, start: Path, config: ContextualConfig) -> Run:
        """A fresh run: only the vectors of Chinese words move; warm-up, then linearly down."""
        from sentence_transformers import SentenceTransformer

        model = (
            SentenceTransformer(str(start), local_files_only=True, device="cpu").eval().requires_grad_(False)
        )
        [table] = [p for name, p in model.named_parameters() if "word_embeddings" in name]
        words = model.tokenizer.convert_ids_to_tokens(list(range(len(table))))
        moves = torch.tensor([[float(not is_english(word))] for word in words])
        table.requires_grad_(True).register_hook(lambda gradient: gradient * moves)  # type: ignore[no-untyped-call]
        adam = torch.optim.Adam([table], lr=config.rate, fused=True)
        return cls(model, adam, warm_then_down(adam, config.steps, config.warmup))

    def save(self, checkpoint: Path, step: int) -> None:
        """Writes the state after ``step`` steps; the file is whole at any moment."""
        save(checkpoint, step, model=self.model, adam=self.adam, rate=self.rate)

    def resume(self, checkpoint: Path) -> int:
        """Takes up a run that was cut off; how many steps it had made, 0 for a new run."""
        return resume(checkpoint, model=self.model, adam=self.adam, rate=self.rate)


def train(data: Path, out: Path, work: Path, config: ContextualConfig) -> None:
    """Trains into the model folder ``out``; ``work`` keeps the state of the run."""
    torch.manual_seed(config.seed)
    corpus = read_corpus(data, config.data)
    if not (work / "start" / "modules.json").exists():
        texts = corpus.zh_texts, corpus.en_texts, corpus.lexicon
        vocabulary = learn(
            *texts, rows=config.rows, latin=config.latin_words, names=corpus.names, fewest=config.fewest
        )
        starting_model(vocabulary, corpus.lexicon, work / "start").save(str(work / "start"))
    run = Run.begin(work / "start", config)
    done = run.resume(work / "checkpoint.pt")
    print(f"step {done}", development(run.model, corpus.held_out), flush=True)
    while done < config.steps:
        run_steps(run, corpus, config, done)
        done += config.save_every
        run.save(work / "checkpoint.pt", done)
        if done % (2 * config.save_every) == 0 or done >= config.steps:
            print(f"step {done}", development(run.model, corpus.held_out), flush=True)
            write(run.model, out)


def run_steps(run: Run, corpus: Corpus, config: ContextualConfig, done: int) -> None:
    """``save_every`` steps; what they draw depends on the seed and on ``done`` alone."""
    random = np.random.default_rng((config.seed, done))
    names = list(config.weight)
    chance = np.array([config.weight[name] for name in names])
    waiting: dict[str, list[list[int]]] = {name: [] for name in names}
    bar = tqdm(range(min(config.save_every, config.steps - done)), desc=f"from step {done}", mininterval=10)
    for _ in bar:
        name = names[random.choice(len(names), p=chance / chance.sum())]
        waiting[name] = waiting[name] or batches(corpus.pairs[name], config.batch[name], config, random)
        loss = batch_loss(run.model, corpus.pairs[name], waiting[name].pop(), config)
        run.adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        run.adam.step()
        run.rate.step()
        bar.set_postfix({name: f"{loss.item():.3f}"})


def write(model: SentenceTransformer, out: Path) -> None:
    """Writes the model in half precision, with the note that texts are folded before it."""
    import copy

    copy.deepcopy(model).half().save(str(out), create_model_card=False)
    about = {"name": "wenda-contextual", "fold": True}
    (out / "wenda.json").write_text(json.dumps(about) + "\n", encoding="utf-8")


def main(argv: list[str] | None = None) -> None:
    """Reads the command line and trains."""
    parser = argparse.ArgumentParser(prog="python -m index.training.distil", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA_FOLDER")
    parser.add_argument("--out", type=Path, default=Path("runs/contextual/model"))
    parser.add_argument("--work", type=Path, default=Path("runs/contextual"))
    parser.add_argument("--steps", type=int, default=ContextualConfig.steps)
    options = parser.parse_args(argv)
    train(options.data, options.out, options.work, ContextualConfig(steps=options.steps))


if __name__ == "__main__":
    main()
