"""Text on its way into a header of a mail or an HTTP answer."""

from __future__ import annotations


def one_line(text: str) -> str:
    """Text as a header can hold it: control characters become spaces, runs of spaces one, and `=?` comes apart.

    That begins an encoded word of a mail's header. Python decodes those that stand in what it is given, and writes what
    they hold, line breaks too, as it is.
    """
    visible = "".join(" " if ord(char) < 32 or 127 <= ord(char) < 160 else char for char in text)
    return " ".join(visible.replace("=?", "= ?").split())
