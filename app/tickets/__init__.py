"""Tickets and their tags: what they cost, how many are left, and the codes, taxes and fees that change it."""
