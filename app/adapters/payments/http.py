"""One HTTP request to a provider: it ends within its time, and either gives the whole answer or fails in one way."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from app.adapters.payments.types import ProviderUnavailable

CHUNK_BYTES = 65536
LONGEST_ANSWER_BYTES = 4 * 2**20
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Answer:
    """What came back; `status_code` and `reason` are named as the providers' libraries expect them."""

    status_code: int
    reason: str
    headers: Mapping[str, str]
    content: bytes


def ask(method: str, url: str, headers: Mapping[str, str], body: str | bytes | None, timeout: float) -> Answer:
    """Make a request on a connection of its own, which a provider cannot have closed in the meantime.

    `timeout` seconds limit the wait for the connection, for the head of the answer, and for its whole body: the
    libraries' own timeouts begin anew with each byte. Raises ProviderUnavailable when no whole answer comes.
    """
    _check_headers(headers)
    try:
        with requests.Session() as session:
            session.trust_env = urlsplit(url).hostname not in LOOPBACK  # No proxy stands before our own machine.
            with session.request(
                method, url, headers=headers, data=body, timeout=timeout, stream=True, allow_redirects=False
            ) as response:
                content = _whole_body(response, time.monotonic() + timeout)
                return Answer(response.status_code, response.reason, response.headers, content)
    except (requests.RequestException, HTTPError, OSError) as error:
        raise ProviderUnavailable(f"{urlsplit(url).hostname} cannot be asked: {error}") from error


def _check_headers(headers: Mapping[str, str]) -> None:
    """Refuse what no header can hold, such as half a key; the libraries' own refusals quote it, and would be logged."""
    for name, value in headers.items():
        if not (str(value).isascii() and str(value).isprintable()):
            raise ProviderUnavailable(f"The header {name} cannot be sent as it is.")


def _whole_body(response: requests.Response, deadline: float) -> bytes:
    body = b""
    while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
        body += chunk
        if time.monotonic() > deadline or len(body) > LONGEST_ANSWER_BYTES:
            raise ProviderUnavailable("The answer takes too long.")
    return body
