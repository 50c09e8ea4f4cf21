"""The web server of the stand-ins: threads of one process, on loopback only."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from werkzeug.serving import WSGIRequestHandler, make_server

from app.adapters.payments.standins.service import Standins

LOOPBACK = "127.0.0.1"
POLL_SECONDS = 0.05  # Between looks at whether it is to end.
log = logging.getLogger(__name__)


class StandinServer:
    """Serves the stand-ins on a port, a free one when 0, while it is entered.

    `folder` keeps the payments; `webhook_url` and `webhook_secret` tell where Stripe's events go and how they are
    signed.
    """

    def __init__(
        self, folder: Path, *, port: int = 0, webhook_url: str | None = None, webhook_secret: str = ""
    ) -> None:
        self.standins = Standins(folder, webhook_url=webhook_url, webhook_secret=webhook_secret)
        self._server = make_server(LOOPBACK, port, self.standins, threaded=True, request_handler=_Quiet)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(POLL_SECONDS,), name="payment-standins", daemon=True
        )
        self.url = f"http://{LOOPBACK}:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self.standins.stop()


class _Quiet(WSGIRequestHandler):
    """Says nothing of its own about requests."""

    def log(self, type: str, message: str, *args: Any) -> None:
        log.debug(message, *args)
