"""Groups: what gathers events, who runs them, and who follows them."""
