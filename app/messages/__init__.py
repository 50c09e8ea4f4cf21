"""What the service tells people: notifications, and the door and the log of its mails."""
