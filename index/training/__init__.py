"""How the bundled encoder is made. Nothing here is imported when Wenda answers questions."""
