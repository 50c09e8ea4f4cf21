"""What each role on an event is said to be good for; shown to people, and no access is derived from it."""
