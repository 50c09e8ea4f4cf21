"""The programme of an event: rooms, tracks, sessions, speakers, calls for speakers, and the schedule."""
