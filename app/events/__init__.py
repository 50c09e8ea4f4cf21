"""Events, what classifies them, and who has which role on them."""
