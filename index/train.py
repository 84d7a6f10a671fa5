"""Trains the bundled encoder: ``python -m index.train DATA_FOLDER``.

DATA_FOLDER holds the files that the model card (index/model/README.md) lists. The run is seeded, shows its
progress, and goes on where it stopped when it is started again with the same ``--work`` folder.
"""

from __future__ import annotations

import argparse
from dataclasses import fields, replace
from pathlib import Path

from index.training.config import Config


def main(argv: list[str] | None = None) -> None:
    """Reads the command line and trains."""
    from index.training.run import train

    parser = argparse.ArgumentParser(prog="python -m index.train", description=__doc__)
    parser.add_argument("data", type=Path, metavar="DATA_FOLDER")
    parser.add_argument(
        "--out", type=Path, default=Path("runs/static/model"), help="where the model is written"
    )
    parser.add_argument("--work", type=Path, default=Path("runs/static"), help="checkpoints, for resuming")
    plain = [f for f in fields(Config) if f.type in {"int", "float"}]
    for field in plain:
        kind = int if field.type == "int" else float
        flag = "--" + field.name.replace("_", "-")
        parser.add_argument(flag, type=kind, default=field.default, help="default: %(default)s")
    options = parser.parse_args(argv)
    config = replace(Config(), **{f.name: getattr(options, f.name) for f in plain})
    train(options.data, options.out, options.work, config)


if __name__ == "__main__":
    main()
