"""What the service tells people: notifications."""
