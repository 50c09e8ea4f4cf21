"""Text with formatting that people write and others read: cleaned when it is written.

What stays are a few harmless tags, three styles, and, where a field allows them, links; bare
addresses in such texts become links. Cleaning a clean text changes nothing, so that a client that
sends back what it read has changed nothing.
"""

from __future__ import annotations

import re
from html import escape, unescape
from typing import Any

import nh3
from marshmallow import ValidationError

from app.jsonapi.fields import Str

TAGS = {"b", "strong", "span", "p", "em", "i", "u", "center", "sup", "sub", "ul", "ol", "li", "strike", "br"}
STYLES = {"text-align", "font-weight", "text-decoration"}
MOST_TAGS = 4000  # Parsing takes the square of how deeply tags are nested.
SCHEMES = {"http", "https", "mailto"}
LINK = '<a href="{}">{}</a>'

# The look-behinds let a search start only at the beginning of a word, so that long texts cost linear time.
ADDRESS = re.compile(
    r"""(?<![\w@./-])(?P<url>(?:https?://|www\.(?=\w))[^\s<>"]+)"""
    r"""|(?<![\w.+-])(?P<mail>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})""",
    re.IGNORECASE,
)
TAG = re.compile(r"(<[^>]*>)")


class RichText(Str):
    """Text with formatting; `links` says whether it may hold links."""

    def __init__(self, *, links: bool = False, **options: Any) -> None:
        self.links = links
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text.count("<") > MOST_TAGS:
            raise ValidationError(f"No more than {MOST_TAGS} tags can be read.")
        return clean(text, links=self.links)


def bare(text: str) -> str:
    """What the text says without any tags, as plain text with its line breaks; scripts and styles say nothing."""
    words: str = nh3.clean(text.replace("\r", ""), tags=set(), attributes={})
    return unescape(words)


def clean(text: str, *, links: bool) -> str:
    """The text without tags, styles and addresses that could do harm; without a letter, also without blanks."""
    harmless = _sanitized(text.replace("\r", ""), links=links)
    if not any(character.isalpha() for character in unescape(harmless)):
        return "".join(harmless.split())
    # What was made of bare addresses goes through the same gate as what people wrote.
    return _sanitized(_with_links(harmless), links=True) if links else harmless


def _sanitized(text: str, *, links: bool) -> str:
    harmless: str = nh3.clean(
        text,
        tags=TAGS | {"a"} if links else TAGS,
        attributes={"*": {"style"}, "a": {"href"}} if links else {"*": {"style"}},
        filter_style_properties=STYLES,
        url_schemes=SCHEMES,
        link_rel="nofollow" if links else None,
        set_tag_attribute_values={"a": {"target": "_blank"}} if links else {},
    )
    return harmless


def _with_links(text: str) -> str:
    """The clean text with its bare addresses as links, except inside of links."""
    parts, inside = [], False
    for part in TAG.split(text):
        if part.startswith("<"):
            inside = part.startswith("<a ") or (inside and part != "</a>")
            parts.append(part)
        else:
            parts.append(part if inside else _linked(part))
    return "".join(parts)


def _linked(text: str) -> str:
    """A stretch of text without tags, with addresses in it as links."""
    plain, parts, end = unescape(text), [], 0
    for found in ADDRESS.finditer(plain):
        address = found.group().rstrip(".,;:!?)'")
        target = f"mailto:{address}" if found["mail"] else address if "://" in address else f"http://{address}"
        parts += [escape(plain[end : found.start()]), LINK.format(escape(target), escape(address))]
        end = found.start() + len(address)
    return "".join([*parts, escape(plain[end:])]) if parts else text
