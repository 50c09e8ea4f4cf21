"""Ratings and favourites: who may have them, and who is told whose they are."""
