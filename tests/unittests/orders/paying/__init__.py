"""How orders are paid, against stand-ins for the providers."""
