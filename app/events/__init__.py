"""Events, what classifies them, who has which role on them, and what stands on their pages."""
