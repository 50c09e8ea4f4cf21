"""Orders, their attendees, checkout and what a completed order causes."""
