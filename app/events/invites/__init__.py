"""Invitations to work on an event."""
