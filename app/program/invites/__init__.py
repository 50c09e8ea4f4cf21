"""Invitations to speak in a session."""
