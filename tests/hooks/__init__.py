"""The contract run: what the API pages document, asked of the running service by Dredd."""
