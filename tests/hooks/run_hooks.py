"""The hooks server Dredd starts: `python -m tests.hooks.run_hooks PORT HOOKFILE…`, run in the project's folder.

It is the package dredd-hooks with three things mended. The package imports `imp`, which Python 3.12
dropped; the one function it takes from there is given here. Dredd sends each message in two
pieces, and the second waits for the first to be acknowledged, which the kernel delays by 40 ms
unless told otherwise. And a server whose Dredd has gone ends.
"""

from __future__ import annotations

import importlib
import importlib.util
import socket
import socketserver
import sys
from types import ModuleType
from typing import Any


def load_source(name: str, path: str) -> ModuleType:
    """Run the Python file at `path` as the module `name`, as `imp.load_source` did; raises ImportError."""
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


_imp = ModuleType("imp")
_imp.load_source = load_source  # type: ignore[attr-defined]
sys.modules["imp"] = _imp  # On 3.11 too, where the real one warns that it is about to go.

# Only now, because it imports `imp`.
dredd: Any = importlib.import_module("dredd_hooks.dredd")


class PromptReader:
    """Reads lines from a socket and has every piece acknowledged at once."""

    def __init__(self, connection: socket.socket, file: Any) -> None:
        self.connection, self.file = connection, file

    def readline(self) -> bytes:
        """The next line; empty at the end."""
        acknowledge_at_once(self.connection)
        line: bytes = self.file.readline()
        return line

    def close(self) -> None:
        """Close the file behind it."""
        self.file.close()


def acknowledge_at_once(connection: socket.socket) -> None:
    """Tell the kernel not to delay acknowledgements; it forgets that again after a while. Linux only."""
    if hasattr(socket, "TCP_QUICKACK"):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


class PromptHandler(dredd.HookHandler):  # type: ignore[misc]
    """The package's handler on a connection that holds nothing back."""

    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Open the connection."""
        super().setup()
        self.rfile: Any = PromptReader(self.request, self.rfile)


class HooksServer(socketserver.TCPServer):
    """Listens on loopback, on a port that may just have been let go."""

    allow_reuse_address = True


def serve(port: int, hookfiles: list[str]) -> None:
    """Load the hooks and serve one Dredd until it disconnects."""
    dredd.hooks = dredd.Hooks()
    for path in hookfiles:
        dredd.load_hook_files(path)
    with HooksServer(("127.0.0.1", port), PromptHandler) as server:
        server.handle_request()


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2:])
