"""The bundled encoder: an ordinary sentence-transformers folder, ``static/``."""
