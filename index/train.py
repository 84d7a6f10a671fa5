"""Trains the bundled encoder: ``python -m index.train static DATA_FOLDER``, then ``… contextual DATA_FOLDER``.

``python -m index.train average MODEL… --out FOLDER`` writes the mean of contextual models, where a run was taken up again
with more steps and each of its ends kept. ``python -m index.train widen DATA_FOLDER --model MODEL`` gives a trained contextual
model more words and leaves it where a run with the same ``--work`` folder begins.

DATA_FOLDER holds the files that the model card (index/model/README.md) lists. The static half comes first, since the
contextual one starts from it. A run is seeded, shows its progress, uses a GPU where there is one, and goes on where it
stopped when it is started again with the same ``--work`` folder.
"""

from __future__ import annotations

import argparse
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from index.training.config import Config, ContextualConfig

HALVES: dict[str, Any] = {"static": Config, "contextual": ContextualConfig}


def _numbers(config: type[Any]) -> list[tuple[str, type[int] | type[float], Any]]:
    """The name, type and default of every number of a configuration."""
    kinds: dict[Any, type[int] | type[float]] = {"int": int, "float": float}
    return [(f.name, kinds[f.type], f.default) for f in fields(config) if f.type in kinds]


def main(argv: list[str] | None = None) -> None:
    """Reads the command line and trains."""
    parser = argparse.ArgumentParser(prog="python -m index.train", description=__doc__)
    commands = parser.add_subparsers(dest="half", required=True)
    for half, config in HALVES.items():
        command = commands.add_parser(half, help=f"train index/model/{half}")
        command.add_argument("data", type=Path, metavar="DATA_FOLDER")
        command.add_argument(
            "--out", type=Path, default=Path("runs", half, "model"), help="the model's folder"
        )
        command.add_argument(
            "--work", type=Path, default=Path("runs", half), help="checkpoints, for resuming"
        )
        if half == "contextual":
            command.add_argument(
                "--start", type=Path, default=Path("runs/static/whole"), help="the static model"
            )
        for name, kind, default in _numbers(config):
            flag = "--" + name.replace("_", "-")
            command.add_argument(flag, type=kind, default=default, help="default: %(default)s")
    mean = commands.add_parser("average", help="the mean of contextual models")
    mean.add_argument(
        "models", type=Path, nargs="+", metavar="MODEL", help="the folder of one, the last run last"
    )
    mean.add_argument("--out", type=Path, required=True, help="the folder of their mean")
    wide = commands.add_parser("widen", help="more words for a contextual model, to go on training from")
    wide.add_argument("data", type=Path, metavar="DATA_FOLDER")
    wide.add_argument("--model", type=Path, default=Path("index/model/contextual"), help="the model's folder")
    wide.add_argument("--work", type=Path, default=Path("runs/wide"), help="the folder of the run to come")
    wide.add_argument("--latin", type=int, default=27_000, help="English words; default: %(default)s")
    wide.add_argument("--chinese", type=int, default=9_000, help="Chinese words; default: %(default)s")
    options = parser.parse_args(argv)
    if options.half == "average":
        from index.training.average import average

        average(options.models, options.out)
        return
    if options.half == "widen":
        from index.training.data import read_corpus
        from index.training.widen import widen

        corpus = read_corpus(options.data, ContextualConfig().data)
        model = widen(options.model, corpus, options.latin, options.chinese)
        model.save(str(options.work / "start"), create_model_card=False)
        return
    chosen = {name: getattr(options, name) for name, _, _ in _numbers(HALVES[options.half])}
    config = replace(HALVES[options.half](), **chosen)
    if options.half == "static":
        from index.training.run import train

        train(options.data, options.out, options.work, config)
    else:
        from index.training.distil import train as train_contextual

        train_contextual(options.data, options.out, options.work, options.start, config)


if __name__ == "__main__":
    main()
