"""Pictures that stand in for those of events which have none, by sub-topic."""
