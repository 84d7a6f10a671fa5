"""Trains the bundled encoder: ``python -m index.train static DATA_FOLDER``, then ``… contextual DATA_FOLDER``.

``python -m index.train average MODEL… --out FOLDER`` writes the mean of contextual models, where a run was taken up again
with more steps and each of its ends kept. ``python -m index.train widen DATA_FOLDER --model MODEL`` gives a trained contextual
model more words and leaves it where a run with the same ``--work`` folder begins. ``python -m index.train cross DATA_FOLDER``
trains what lets a contextual model read a question and a sentence together, and writes it into the model's folder; it comes
last, since it fits that model alone.

DATA_FOLDER holds the files that the model card (index/model/README.md) lists. The static half comes first, since the
contextual one starts from it. A run is seeded, shows its progress, uses a GPU where there is one, and goes on where it
stopped when it is started again with the same ``--work`` folder.
"""

from __future__ import annotations

import argparse
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from index.training.config import Config, ContextualConfig, CrossConfig

MODEL = Path("index/model/contextual")
RECIPES: dict[str, tuple[type[Any], str]] = {
    "static": (Config, "train index/model/static"),
    "contextual": (ContextualConfig, "train index/model/contextual"),
    "cross": (CrossConfig, "train it to read a question and a sentence together"),
}


def _numbers(config: type[Any]) -> list[tuple[str, type[int] | type[float], Any]]:
    """The name, type and default of every number of a configuration."""
    kinds: dict[Any, type[int] | type[float]] = {"int": int, "float": float}
    return [(f.name, kinds[f.type], f.default) for f in fields(config) if f.type in kinds]


def parser() -> argparse.ArgumentParser:
    """The command line."""
    whole = argparse.ArgumentParser(prog="python -m index.train", description=__doc__)
    commands = whole.add_subparsers(dest="command", required=True)
    for name, (config, about) in RECIPES.items():
        recipe = commands.add_parser(name, help=about)
        recipe.add_argument("data", type=Path, metavar="DATA_FOLDER")
        folder = Path("runs", name)
        recipe.add_argument("--work", type=Path, default=folder, help="checkpoints, for resuming")
        if name == "cross":
            recipe.add_argument("--model", type=Path, default=MODEL, help="the contextual model's folder")
            onward = "go on from the change that lies there; take another --seed, which decides what is drawn"
            recipe.add_argument("--onward", action="store_true", help=onward)
        else:
            recipe.add_argument("--out", type=Path, default=folder / "model", help="the model's folder")
        if name == "contextual":
            static = Path("runs/static/whole")
            recipe.add_argument("--start", type=Path, default=static, help="the static model")
        for number, kind, default in _numbers(config):
            flag = "--" + number.replace("_", "-")
            recipe.add_argument(flag, type=kind, default=default, help="default: %(default)s")
    mean = commands.add_parser("average", help="the mean of contextual models")
    models = "the folder of one, the last run last"
    mean.add_argument("models", type=Path, nargs="+", metavar="MODEL", help=models)
    mean.add_argument("--out", type=Path, required=True, help="the folder of their mean")
    wide = commands.add_parser("widen", help="more words for a contextual model, to go on training from")
    wide.add_argument("data", type=Path, metavar="DATA_FOLDER")
    wide.add_argument("--model", type=Path, default=MODEL, help="the model's folder")
    wide.add_argument("--work", type=Path, default=Path("runs/wide"), help="the folder of the run to come")
    wide.add_argument("--latin", type=int, default=27_000, help="English words; default: %(default)s")
    wide.add_argument("--chinese", type=int, default=9_000, help="Chinese words; default: %(default)s")
    return whole


def main(argv: list[str] | None = None) -> None:
    """Reads the command line and trains."""
    options = parser().parse_args(argv)
    if options.command == "average":
        from index.training.average import average

        average(options.models, options.out)
    elif options.command == "widen":
        from index.training.data import read_corpus
        from index.training.widen import widen

        corpus = read_corpus(options.data, ContextualConfig().data)
        model = widen(options.model, corpus, options.latin, options.chinese)
        model.save(str(options.work / "start"), create_model_card=False)
    else:
        kind, _ = RECIPES[options.command]
        train(options, replace(kind(), **{name: getattr(options, name) for name, _, _ in _numbers(kind)}))


def train(options: argparse.Namespace, config: Any) -> None:  # noqa: ANN401
    """Follows the recipe that ``options.command`` names."""
    if options.command == "static":
        from index.training.run import train as train_static

        train_static(options.data, options.out, options.work, config)
    elif options.command == "contextual":
        from index.training.distil import train as train_contextual

        train_contextual(options.data, options.out, options.work, options.start, config)
    else:
        from index.training.cross import train as train_cross

        train_cross(options.data, options.model, options.work, config, onward=options.onward)


if __name__ == "__main__":
    main()
