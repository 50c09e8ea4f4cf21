"""Accounts: users, e-mail addresses, signing in, tokens, system roles."""
