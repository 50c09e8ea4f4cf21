"""Which addresses may be asked: http(s) at the usual ports of hosts that are on the public internet."""

from __future__ import annotations

import queue
import socket
import threading
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import quote, urlsplit

from app.adapters.fetching.errors import AddressRefused, Unreachable

PORTS = {"http": 80, "https": 443}
LONGEST = 8192
_SAFE = "%/:=&?~#+!$,;'@()*[]"
_UNICAST = ip_network("2000::/3")
_NAT64 = ip_network("64:ff9b::/96")
# Special ones that the library takes for global, by its age; the last one is the metadata service of a cloud (Azure).
_SPECIAL = tuple(
    ip_network(each)
    for each in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16/32", "2001::/23", "2001:db8::/32", "3fff::/20")
)


@dataclass(frozen=True)
class Target:
    """One address taken apart: where to ask for what, and as whom."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


def target_of(url: str, allowed: tuple[str, ...] = ()) -> Target:
    """Take an address apart; raises AddressRefused. Hosts that are `allowed`, as host:port, may have other ports."""
    if len(url) > LONGEST or not url.isprintable() or any(each in url for each in " \\"):
        raise AddressRefused("not an address")
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").encode("idna").decode()
    except ValueError as error:  # Among them the UnicodeError of names that cannot be in the DNS.
        raise AddressRefused("not an address") from error
    if parts.scheme not in PORTS or not host or "@" in parts.netloc:
        raise AddressRefused("only plain http and https addresses are asked")
    path = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    target = Target(parts.scheme, host, PORTS[parts.scheme] if port is None else port, path)
    if target.port not in PORTS.values() and not is_allowed(target, allowed):
        raise AddressRefused(f"port {target.port} is not asked")
    return target


def is_allowed(target: Target, allowed: tuple[str, ...]) -> bool:
    """Whether the operator has named this very host and port."""
    return f"{target.host}:{target.port}" in allowed


def resolve(target: Target, allowed: tuple[str, ...], seconds: float) -> list[tuple[Any, Any]]:
    """Family and address of each of the host's machines, asked for once; raises AddressRefused if any is not public."""
    found = _looked_up(target, seconds)
    if not is_allowed(target, allowed):
        for _, address in found:
            if not is_public_address(address[0]):
                raise AddressRefused(f"{target.host} is not on the public internet")
    return found


def _looked_up(target: Target, seconds: float) -> list[tuple[Any, Any]]:
    """What the system's resolver says, which has no limit of time of its own; raises Unreachable."""
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_ask_resolver, args=(target, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=max(seconds, 0.001))
    except queue.Empty:
        raise Unreachable(f"{target.host} was not found in time") from None
    if isinstance(answer, Exception):
        raise Unreachable(f"{target.host} was not found") from answer
    return [(family, address) for family, _, _, _, address in answer]


def _ask_resolver(target: Target, answers: queue.SimpleQueue[Any]) -> None:
    try:
        answers.put(socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        answers.put(error)


def is_public_address(text: str) -> bool:
    """Whether this is the address of one machine on the public internet, also where it is written within IPv6."""
    address = ip_address(text.partition("%")[0])
    inner = _within(address) if isinstance(address, IPv6Address) else None
    if inner is not None:
        return is_public_address(str(inner))
    if any(address in special for special in _SPECIAL) or address.is_multicast or address.is_reserved:
        return False
    return address.is_global and (address.version == 4 or address in _UNICAST)


def _within(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address leads to: mapped, by 6to4 or by NAT64."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
