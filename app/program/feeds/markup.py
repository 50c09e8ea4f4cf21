"""Making XML out of texts that may hold anything."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

from app.program.feeds.content import clean


def add(parent: Element, name: str, text: str = "", /, **attributes: str) -> Element:
    """A new last child of `parent`; characters XML cannot hold are left out of text and attributes."""
    made = SubElement(parent, name, {key: clean(value) for key, value in attributes.items()})
    made.text = clean(text) or None
    return made


def document(root: Element) -> bytes:
    """The element as a document in UTF-8, with its declaration."""
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written
