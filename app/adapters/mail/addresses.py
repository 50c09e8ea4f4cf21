"""Mail addresses: read strictly, so that nothing a person typed as a name or an address reaches a header as syntax."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.utils import parseaddr

from app.adapters.headers import one_line

# Deliberately narrower than RFC 5322: no quoted local parts, comments, address literals or beginnings of encoded words
# (`=?`), which only attackers use.
_SHAPE = re.compile(r"(?!.*=\?)[^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]+@[^\s@<>()\[\]\\,;:\"\x00-\x20\x7f]+")

# What separates addresses, comments and quotations in a header.
_SYNTAX = str.maketrans(dict.fromkeys('()<>[]:;@\\,."', " "))
# Python breaks names that do not fit on one line of a header: of quoted ones it then loses the quotes, so that what
# stands in them is read as further addresses, and two long words leave an empty line, which ends the header.
_LONGEST_NAME, _LONGEST_QUOTED = 60, 40


class InvalidAddress(ValueError):
    """The text is no mail address; sending again would not help."""


def address(email: str, name: str = "") -> Address:
    """The mailbox of a person; the domain is turned into its ASCII form, a name is cut to one line of 60 characters.

    A long name loses what means something in headers, such as commas. Raises InvalidAddress.
    """
    local, _, domain = email.partition("@")
    try:
        host = domain.encode("idna").decode("ascii")
        # In both forms: wide characters, such as those for `<`, `,` and `@`, become the plain ones.
        if len(email) <= 254 and _SHAPE.fullmatch(email) and _SHAPE.fullmatch(f"{local}@{host}"):
            return Address(_displayed(name), local, host)
    except (UnicodeError, ValueError) as error:
        raise InvalidAddress(f"{email!r} is not a mail address") from error
    raise InvalidAddress(f"{email!r} is not a mail address")


def _displayed(name: str) -> str:
    shown = one_line(name)[:_LONGEST_NAME].strip()
    return shown if len(shown) <= _LONGEST_QUOTED else one_line(shown.translate(_SYNTAX))


def mailbox(text: str) -> Address:
    """Read `Open Event <no-reply@example.com>`, or a bare address; raises InvalidAddress."""
    name, email = parseaddr(text)
    return address(email, name)
