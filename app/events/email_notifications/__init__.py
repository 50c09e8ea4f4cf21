"""Which news of their events people want by mail."""
