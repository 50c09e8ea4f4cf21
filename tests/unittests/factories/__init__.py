"""Factories: one per model, for tests and for the contract run."""
