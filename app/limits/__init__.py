"""How often people may do what signs in, guesses, costs, or makes the service send mail."""
