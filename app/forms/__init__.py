"""What events ask attendees, sessions and speakers, and whether they have answered."""
