"""How relevant every passage is to a question, from 0 to 1: what a map of the article is coloured by."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from index.article import Hit

# The fused score of a passage that fits a question well; where even the best is below it, all are paler.
FITS = 0.55


def relevance(hits: Sequence[Hit]) -> dict[tuple[str, int], float]:
    """The relevance (0 to 1) of each hit's passage, by source and start; ``hits`` are all passages, in any order.

    A passage like most others has 0. The best has 1 where it fits the question, and less where nothing does.

    >>> from index.article import Passage
    >>> scores = [0.8, 0.5, 0.2, 0.2, 0.1]
    >>> relevance([Hit(Passage("a", "", n, n), s) for n, s in enumerate(scores)])
    {('a', 0): 1.0, ('a', 1): 0.5, ('a', 2): 0.0, ('a', 3): 0.0, ('a', 4): 0.0}
    """
    if not hits:
        return {}
    best, usual = max(hit.score for hit in hits), median(hit.score for hit in hits)
    scale = min(1.0, max(0.0, best / FITS)) / (best - usual) if best > usual else 0.0
    return {
        (hit.source, hit.start): round(min(1.0, max(0.0, (hit.score - usual) * scale)), 3) for hit in hits
    }
