"""Tickets and their tags; later their prices, codes, fees and taxes."""
