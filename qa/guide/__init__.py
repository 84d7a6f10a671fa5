"""The article that comes with Wenda: a guide to a paper on the CICA summit, in two languages."""
