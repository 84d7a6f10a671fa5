"""A run that trains the contextual half of the model.

A text in either language is drawn to where the English original, all-MiniLM-L6-v2, puts its English form (Reimers &
Gurevych 2020), and a question to its passage, by whole texts and by late interaction of their tokens. The run is
seeded, saves itself every ``save_every`` steps, and goes on from there when it is started again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from index.training.checkpoint import resume, save, warm_steady_down
from index.training.config import ContextualConfig
from index.training.contextual import starting_model
from index.training.data import Corpus, Pairs, Question, is_english, read_corpus
from index.training.evaluate import ndcg_at_10, passages_of
from index.training.export import export_contextual, principal_directions
from index.training.glossing import Glosser
from index.training.start import english_model
from index.training.student import Encoded, distance, encode, late_scores, rarity
from index.training.vocabulary import learn
from index.training.windows import window_pairs

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

TRANSLATIONS = {"sentences", "lexicon", "glossary"}
BYTES_A_TOKEN = 4.7  # UTF-8, about the same in both languages


def batches(
    pairs: Pairs, size: int, block: int, config: ContextualConfig, random: np.random.Generator
) -> list[list[int]]:
    """About ``pool`` batches of pairs of like length, in random order; ``block`` neighbours stay together.

    A batch has ``size`` pairs, or fewer where they are longer than ``config.short`` tokens.
    """
    weights = np.array(pairs.weights)
    firsts = np.arange(0, len(weights) - block + 1)
    chance = weights[firsts] / weights[firsts].sum()
    count = min(size * config.pool // block, len(firsts))
    drawn = random.choice(firsts, size=count, replace=False, p=chance)
    tokens = np.array([sum(len(text.encode()) for text in pairs.pairs[i]) for i in drawn]) / BYTES_A_TOKEN
    longest_first = np.argsort(-tokens)
    found: list[list[int]] = []
    at = 0
    while at < count:
        share = min(config.short / tokens[longest_first[at]], 1.0)
        taken = drawn[longest_first[at : at + max(int(size * share) // block, 2)]]
        found.append((taken[:, None] + np.arange(block)).ravel().tolist())
        at += len(taken)
    random.shuffle(found)
    return found


def words_first(lexicon: Pairs, words: Mapping[str, int], often: float) -> Pairs:
    """The lexicon's pairs, those drawn ``often`` times as often whose Chinese is one of the model's ``words``.

    An entry that is cut into several words teaches none of them alone; a rare word is met in hardly any sentence.

    >>> lexicon = Pairs("lexicon", [("喇嘛", "lama"), ("喇嘛庙", "lamasery")], [1.0, 1.0], [-1, -1])
    >>> words_first(lexicon, {"喇嘛": 0}, 6.0).weights
    [6.0, 1.0]
    """
    return replace(lexicon, weights=[often if zh in words else 1.0 for zh, _ in lexicon.pairs])


def alike(pairs: Pairs, some: list[int]) -> Tensor:
    """Where right j is not a wrong answer to left i, (n, n): the same text or the same group, but for i = j."""
    group = np.array([pairs.groups[i] for i in some])
    a, b = (np.unique([pairs.pairs[i][side] for i in some], return_inverse=True)[1] for side in (0, 1))
    same = (
        (a[:, None] == a[None]) | (b[:, None] == b[None]) | ((group[:, None] == group[None]) & (group >= 0))
    )
    return torch.from_numpy(same & ~np.eye(len(some), dtype=bool))


@dataclass(frozen=True)
class Run:
    """The model that learns, the English original, and what a checkpoint keeps."""

    model: SentenceTransformer
    teacher: SentenceTransformer
    weights: Tensor
    adam: torch.optim.Optimizer
    rate: torch.optim.lr_scheduler.LambdaLR

    @classmethod
    def begin(cls, start: Path, config: ContextualConfig, device: str) -> Run:
        """A fresh run: warm-up, steady, then down."""
        from sentence_transformers import SentenceTransformer

        # On a CPU, attention written out is faster with its gradient than torch's fused one.
        how: dict[str, Any] = {"attn_implementation": "eager" if device == "cpu" else "sdpa"}
        model, teacher = (
            SentenceTransformer(str(folder), local_files_only=True, device=device, model_kwargs=how)
            for folder in (start, english_model())
        )
        model.train()
        teacher.eval()
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0  # a student that follows a teacher has no need of it
        tokens = [p for name, p in model.named_parameters() if "word_embeddings" in name]
        layers = [
            p
            for name, p in model.named_parameters()
            if "word_embeddings" not in name and "pooler" not in name
        ]
        groups = [{"params": tokens, "lr": config.token_rate}, {"params": layers, "lr": config.layer_rate}]
        adam = torch.optim.AdamW(groups, weight_decay=0.0, fused=True)
        return cls(
            model,
            teacher,
            rarity(model),
            adam,
            warm_steady_down(adam, config.steps, config.warmup, config.down),
        )

    def save(self, checkpoint: Path, step: int) -> None:
        """Writes the state after ``step`` steps; the file is whole at any moment."""
        save(checkpoint, step, model=self.model, adam=self.adam, rate=self.rate)

    def resume(self, checkpoint: Path) -> int:
        """Takes up a run that was cut off; how many steps it had made, 0 for a new run."""
        return resume(checkpoint, self.model.device, model=self.model, adam=self.adam, rate=self.rate)

    def loss(
        self,
        pairs: Pairs,
        some: list[int],
        config: ContextualConfig,
        glosser: Glosser,
        random: np.random.Generator,
    ) -> Tensor:
        """The loss of the pairs ``some``: contrast, and the pull of the English and of what translates it."""
        left, right = [pairs.pairs[i][0] for i in some], [pairs.pairs[i][1] for i in some]
        asked = left
        if pairs.name.startswith("questions"):
            asked = [
                glosser(text, random, 0.3 + 0.6 * random.random())
                if random.random() < config.glossed
                else text
                for text in left
            ]
        ours, theirs = (encode(self.model, texts, config.longest, self.weights) for texts in (asked, right))
        same = alike(pairs, some).to(ours.whole.device)
        translated = pairs.name in TRANSLATIONS
        loss = distance(ours, theirs, same, (config.temperature, config.late_temperature), translated)
        pull = self._pull(asked, ours) + self._pull(right, theirs, *([ours] if translated else []))
        return loss + config.pull * pull

    def _pull(self, texts: list[str], *learners: Encoded) -> Tensor | float:
        """How far the learners' vectors are from the original's vectors of the texts that are English."""
        at = [i for i, text in enumerate(texts) if is_english(text)]
        if not at:
            return 0.0
        with torch.no_grad():
            goal = encode(self.teacher, [texts[i] for i in at], 160, None).whole
        far = [(1 - (learner.whole[at] * goal).sum(1)).sum() for learner in learners]
        return torch.stack(far).sum() / len(texts)


def development(run: Run, held_out: list[Question], limit: int = 150) -> dict[str, str]:
    """nDCG@10 by cosine and by late interaction on up to ``limit`` held-out questions a direction."""
    figures = {}
    for kind in ("zh→zh", "en→en", "en→zh", "zh→en"):
        every = [q for q in held_out if q.kind == kind]
        passages, right = passages_of(every)
        with torch.inference_mode():
            told = list(parts(run, passages))
            asked = list(parts(run, [q.question for q in every[:limit]]))
            whole = torch.cat([p.whole for p in asked]) @ torch.cat([p.whole for p in told]).T
            late = torch.cat([torch.cat([late_scores(a, b) for b in told], dim=1) for a in asked])
        figures[kind] = "/".join(f"{ndcg_at_10(s.cpu().numpy(), right[:limit]):.3f}" for s in (whole, late))
    return figures


def parts(run: Run, texts: list[str], size: int = 32) -> Iterator[Encoded]:
    """The texts encoded, ``size`` at a time."""
    for i in range(0, len(texts), size):
        yield encode(run.model, texts[i : i + size], 256, run.weights)


def train(data: Path, out: Path, work: Path, static: Path, config: ContextualConfig) -> None:
    """Trains into the model folder ``out``; ``work`` keeps the state of the run, ``static`` is the model to start from."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(config.seed)
    corpus = read_corpus(data, config.data)
    corpus.pairs["windows"] = window_pairs(
        "windows", corpus.translated, config.data.source_weight, config.data.room, config.seed
    )
    if not (work / "start" / "modules.json").exists():
        texts = corpus.zh_texts, corpus.en_texts, corpus.lexicon
        vocabulary = learn(
            *texts, rows=config.rows, latin=config.latin_words, names=corpus.names, fewest=config.fewest
        )
        starting_model(vocabulary, corpus.lexicon, work / "start", static).save(str(work / "start"))
    run = Run.begin(work / "start", config, device)
    glosser = Glosser(corpus.lexicon, run.model.tokenizer.tokenize)
    corpus.pairs["lexicon"] = words_first(
        corpus.pairs["lexicon"], run.model.tokenizer.get_vocab(), config.one_word
    )
    done = run.resume(work / "checkpoint.pt")
    print(f"step {done}", development(run, corpus.held_out), flush=True)
    while done < config.steps:
        run_steps(run, corpus, config, done, glosser)
        done = min(done + config.save_every, config.steps)
        run.save(work / "checkpoint.pt", done)
        if done % (3 * config.save_every) == 0 or done >= config.steps:
            print(f"step {done}", development(run, corpus.held_out), flush=True)
            write(run, corpus, config, out)


def run_steps(run: Run, corpus: Corpus, config: ContextualConfig, done: int, glosser: Glosser) -> None:
    """``save_every`` steps; what they draw depends on the seed and on ``done`` alone."""
    random = np.random.default_rng((config.seed, done))
    names = list(config.weight)
    chance = np.array([config.weight[name] for name in names])
    waiting: dict[str, list[list[int]]] = {name: [] for name in names}
    bar = tqdm(range(min(config.save_every, config.steps - done)), desc=f"from step {done}", mininterval=10)
    for _ in bar:
        name = names[random.choice(len(names), p=chance / chance.sum())]
        pairs = corpus.pairs[name]
        waiting[name] = waiting[name] or batches(
            pairs, config.batch[name], config.block.get(name, 1), config, random
        )
        loss = run.loss(pairs, waiting[name].pop(), config, glosser, random)
        run.adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
        run.adam.step()
        run.rate.step()
        bar.set_postfix({name: f"{loss.item():.3f}"})


def write(run: Run, corpus: Corpus, config: ContextualConfig, out: Path) -> None:
    """Writes the model as it stands, with the directions that its tokens are kept by."""
    texts = [text for pair in corpus.pairs["bilingual"].pairs[:: config.sample] for text in pair]
    with torch.inference_mode():
        tokens = [part.tokens[part.weight > 0] for part in parts(run, texts)]
    projection = principal_directions(torch.cat(tokens).cpu().numpy(), config.token_dimension)
    export_contextual(out, run.model, projection)
