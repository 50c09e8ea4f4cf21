"""What happens to sessions: proposed, decided, told of."""
