"""The WSGI application that web servers load."""

from __future__ import annotations

import gc

from app import create_app

application = create_app()

# What is made here stays for good, so the collector need not look through it again and again; requests leave
# little behind, so it need not look after every seven hundred new objects either.
gc.collect()
gc.freeze()
gc.set_threshold(10_000, 20, 20)
