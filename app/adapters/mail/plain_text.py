"""The text part of a mail, made from its HTML part."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = {"head", "style", "script", "title"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "ul", "ol", "table", "blockquote"}
_LINES = {"div", "tr", "li", "br", "hr"}
# Runs of white space but for single spaces, which stay what they are and are most of them.
_SPACES = re.compile(r"[\t\r\n\f][ \t\r\n\f]*| [ \t\r\n\f]+")


def plain_text(html: str) -> str:
    """What the HTML says: paragraphs apart, list items with dashes, links followed by their address."""
    if "<" not in html and "&" not in html:  # There is nothing to parse.
        return _SPACES.sub(" ", html).strip() + "\n"
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects words; a break is kept pending until the next words, so that empty elements leave no empty lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._breaks = 0
        self._silence = 0
        self._links: list[tuple[str, int]] = []

    def text(self) -> str:
        """Everything read so far, ending in one line break."""
        return re.sub(r" +(?=\n)", "", "".join(self._parts)).strip() + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Break lines where a block begins."""
        self._break_at(tag)
        if tag in _SILENT:
            self._silence += 1
        elif tag == "li":
            self._write("- ")
        elif tag in {"td", "th"}:
            self._write(" ")
        elif tag == "a":
            self._links.append((dict(attrs).get("href") or "", len(self._parts)))

    def handle_endtag(self, tag: str) -> None:
        """Break lines where a block ends, and name the address of a link."""
        self._break_at(tag)
        if tag in _SILENT:
            self._silence = max(0, self._silence - 1)
        elif tag == "a" and self._links:
            self._end_link(*self._links.pop())

    def handle_data(self, data: str) -> None:
        """Words between tags; runs of white space are one space, as in a browser."""
        if not self._silence:
            self._write(_SPACES.sub(" ", data))

    def _end_link(self, target: str, start: int) -> None:
        words = "".join(self._parts[start:]).strip()
        if target and words not in (target, target.removeprefix("mailto:")):
            self._write(f" ({target.removeprefix('mailto:')})" if words else target)

    def _break_at(self, tag: str) -> None:
        if tag == "br":
            self._breaks += 1
        elif tag in _PARAGRAPHS:
            self._breaks = max(self._breaks, 2)
        elif tag in _LINES:
            self._breaks = max(self._breaks, 1)

    def _write(self, words: str) -> None:
        at_line_start = self._breaks > 0 or not self._parts or self._parts[-1].endswith((" ", "\n"))
        words = words.lstrip(" ") if at_line_start else words
        if not words:
            return
        if self._breaks and self._parts:
            self._parts.append("\n" * min(self._breaks, 2))
        self._breaks = 0
        self._parts.append(words)
