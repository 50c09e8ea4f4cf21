"""Serves one WSGI application as the service is served: `python -m bench.serve target port workers threads`."""

from __future__ import annotations

import sys

from app.runtime.serve import serve
from bench.client import HOST

if __name__ == "__main__":
    target, port, workers, threads = sys.argv[1:]
    serve(HOST, int(port), workers=int(workers), threads=int(threads), target=target)
