"""Counterclaim's core: claims, the ledger that holds them, matching and answers.

It knows no chat platform and draws no conclusion: it keeps what was said apart from whether it is so.
"""
