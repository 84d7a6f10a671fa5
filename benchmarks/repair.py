"""How often the repair gives a damaged document back exactly, and leaves a whole one alone.

    python -m benchmarks.repair [--documents 1000] [--seed 1] [--json]

Documents are drawn from ``benchmarks.documents`` and damaged by ``benchmarks.pages``. "exact" counts
documents whose text comes back character for character: paragraphs, headings, footnotes at the end, nothing
lost, nothing added.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from benchmarks.documents import LANGUAGES, clean, whole
from benchmarks.pages import damaged, draw, is_doubtful
from index.read import article_from_text


@dataclass(frozen=True, slots=True)
class Trial:
    """One document: the groups it is counted under, and whether it came back exactly."""

    groups: tuple[str, ...]
    exact: bool


def damaged_trials(count: int, seed: int) -> Iterator[Trial]:
    """Documents wrapped, cut by pages and footnotes, hyphenated and scattered with blank lines."""
    for number in range(count):
        rng = Random(f"{seed} damaged {number}")
        language = LANGUAGES[number % len(LANGUAGES)]
        document = clean(rng, language, notes=number % 3 == 0)
        damage = draw(rng, language, document)
        article = article_from_text(damaged(rng, document, damage), source="page")
        groups = [f"language: {language}", f"blank lines: {damage.blanks}"]
        groups += ["footnotes"] * bool(document.notes) + ["hyphenation"] * damage.hyphenate
        groups += ["pages with heads, feet or numbers"] * bool(damage.page_lines)
        groups.append(
            "first lines: "
            + ("indent lost" if damage.lost_indent else "indented" if damage.indent else "flush")
        )
        if is_doubtful(document, damage):
            groups.append("a paragraph's end that nothing shows")
        yield Trial(tuple(groups), article.text.strip() == document.text)


def whole_trials(count: int, seed: int) -> Iterator[Trial]:
    """Texts that need no repair, half of them Markdown."""
    for number in range(count):
        rng = Random(f"{seed} whole {number}")
        markdown = number % 2 == 0
        text = whole(rng, markdown=markdown)
        article = article_from_text(text, source="whole", markdown=markdown)
        yield Trial(("Markdown" if markdown else "plain text",), article.text == text)


def table(name: str, trials: list[Trial]) -> list[tuple[str, int, int]]:
    """Rows of (group, documents, exact), the whole first."""
    total = Counter(group for trial in trials for group in trial.groups)
    exact = Counter(group for trial in trials if trial.exact for group in trial.groups)
    rows = [(name, len(trials), sum(trial.exact for trial in trials))]
    return rows + [(group, total[group], exact[group]) for group in sorted(total)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure the repair on generated documents.")
    parser.add_argument("--documents", type=int, default=1000, help="how many of each sort (1000)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a Markdown table")
    options = parser.parse_args()
    rows = table("damaged documents", list(damaged_trials(options.documents, options.seed)))
    rows += table("whole texts", list(whole_trials(options.documents, options.seed)))
    if options.json:
        print(
            json.dumps(
                [{"group": g, "documents": n, "exact": k, "rate": round(k / n, 4)} for g, n, k in rows],
                indent=2,
            )
        )
        return
    print("| documents | number | exact | rate |\n|---|---:|---:|---:|")
    for group, number, exact in rows:
        print(f"| {group} | {number} | {exact} | {exact / number:.1%} |")


if __name__ == "__main__":
    main()
