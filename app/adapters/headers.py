"""Text on its way into a header of a mail or an HTTP answer."""

from __future__ import annotations


def one_line(text: str) -> str:
    """Text as a header can hold it: control characters become spaces, runs of spaces one."""
    return " ".join("".join(" " if ord(char) < 32 or 127 <= ord(char) < 160 else char for char in text).split())
