"""Who becomes a speaker of an event, and of which sessions."""
