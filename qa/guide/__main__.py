"""Makes the index of the guide again: ``python -m qa.guide``."""

from index.index import Index
from qa.guide import ENCODED, guide_articles

if __name__ == "__main__":
    Index.build(guide_articles()).save(ENCODED)
