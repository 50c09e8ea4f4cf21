"""Work that somebody starts and asks about until it is done, such as an export; a job does it."""
