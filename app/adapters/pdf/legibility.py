"""What becomes of characters that no font of the machine draws."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Set as AbstractSet
from functools import cache

logger = logging.getLogger(__name__)

_REPLACEMENTS = "\ufffd□?"
# Marks that only steer how others are drawn: joiners, direction marks, variation selectors, soft hyphens.
_INVISIBLE = {"Cc", "Cf", "Mn"}

# Vowel signs of Devanagari, Bengali and Tamil that are written before the consonants they follow in speech; those of
# two parts stand on both sides. The library draws in the order of speech, which would put them beside the next letter.
_BEFORE = "\u093f\u09bf\u09c7\u09c8\u0bc6\u0bc7\u0bc8"
_TWO_PARTS = {code: unicodedata.normalize("NFD", chr(code)) for code in (0x9CB, 0x9CC, 0xBCA, 0xBCB, 0xBCC)}
_CONSONANT = "[\u0915-\u0939\u0958-\u095f\u0995-\u09b9\u09dc-\u09df\u0b95-\u0bb9][\u093c\u09bc]?"
_SPOKEN = re.compile(f"((?:{_CONSONANT}[\u094d\u09cd])*{_CONSONANT})([{_BEFORE}])")


# A mark after a tag must not be composed with the tag's last character, as `>` and U+0338 would be.
_BETWEEN_BRACKETS = re.compile("[^<>]+")


def legible(html: str, drawn: AbstractSet[int]) -> str:
    """The page with a visible sign for each character that cannot be drawn, and without invisible ones that cannot.

    Letters with accents become single characters, which fonts draw better, and Indic vowel signs come where they are
    seen. Each missing character is logged once in the life of the process.
    """
    html = _as_written(_composed(html))
    missing = {char for char in set(html) if ord(char) not in drawn and not char.isspace()}
    if not missing:
        return html
    sign = next(char for char in _REPLACEMENTS if ord(char) in drawn)
    signs = {ord(char): "" if unicodedata.category(char) in _INVISIBLE else sign for char in missing}
    for char in sorted(char for char in missing if signs[ord(char)]):
        _report(char)
    return html.translate(signs)


def _composed(html: str) -> str:
    if unicodedata.is_normalized("NFC", html):
        return html
    return _BETWEEN_BRACKETS.sub(lambda found: unicodedata.normalize("NFC", found[0]), html)


def _as_written(text: str) -> str:
    """Move vowel signs to where they are written; the joining of consonants remains undone, which stays readable."""
    return _SPOKEN.sub(r"\2\1", text.translate(_TWO_PARTS))


@cache
def _report(char: str) -> None:
    logger.warning("PDFs: no font draws U+%04X (%s); see FONT_DIRS", ord(char), unicodedata.name(char, "no name"))
