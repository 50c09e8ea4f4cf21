"""Tests of the contract run: its pages, its hook tables, and the machinery that runs them."""
