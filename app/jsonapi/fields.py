"""The kinds of values attributes can hold, and the relationships between resources.

Every field may say who sees it (`visible_to`) and who may write it (`writable_by`); without that,
whoever may read or write the row may read or write the field. `otherwise` in a field's metadata names
the model's attribute that those see instead who do not see the field's own. All of them refuse text and numbers
the database could not keep, so that no input ends in a server error.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, missing, validate

from app.jsonapi.library import BaseRelationship
from app.jsonapi.names import dashed, same_type
from app.jsonapi.permissions import Rule

SMALLEST, LARGEST = -(2**31), 2**31 - 1
LARGEST_AMOUNT = Decimal("9999999999.999")  # What the columns of amounts hold.
BEYOND_JSON = 2**63  # The JSON that is written holds no whole number of this size.


def _options(visible_to: Rule | None, writable_by: Rule | None, options: dict[str, Any]) -> dict[str, Any]:
    options["metadata"] = {"visible_to": visible_to, "writable_by": writable_by, **options.pop("metadata", {})}
    return options


def storable(text: str) -> str:
    """The text itself; raises ValidationError for what PostgreSQL cannot store."""
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise ValidationError("Not a valid string.")
    return text


class Str(fields.String):
    """Text."""

    def __init__(self, *, visible_to: Rule | None = None, writable_by: Rule | None = None, **options: Any) -> None:
        super().__init__(**_options(visible_to, writable_by, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return storable(super()._deserialize(value, attr, data, **kwargs))


class Choice(Str):
    """Text out of a closed list."""

    def __init__(self, *choices: str, **options: Any) -> None:
        super().__init__(validate=validate.OneOf(choices), **options)


class Url(Str):
    """An http(s) address; an empty one counts as none."""

    _valid = validate.URL(schemes={"http", "https"}, require_tld=False)

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        # Clients send "" for an address that was cleared.
        return super().deserialize(None if value == "" and self.allow_none else value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self._valid(super()._deserialize(value, attr, data, **kwargs))


class Email(Str):
    """An e-mail address, without the blanks around it."""

    _valid = validate.Email()

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        return super().deserialize(None if value == "" and self.allow_none else value, attr, data, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return self._valid(super()._deserialize(value, attr, data, **kwargs).strip())


@cache
def zones() -> frozenset[str]:
    """The names of the IANA time zones; asking the system for them reads some hundred files."""
    return frozenset(available_timezones()) - {"localtime"}  # Another zone on each machine.


class Zone(Str):
    """The name of an IANA time zone, such as Europe/Berlin."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        name = super()._deserialize(value, attr, data, **kwargs)
        if name not in zones():
            raise ValidationError(f"Unknown timezone: {name}")
        return name


class Int(fields.Integer):
    """A whole number the database's integer columns can hold."""

    def __init__(
        self,
        *,
        least: int = SMALLEST,
        most: int = LARGEST,
        visible_to: Rule | None = None,
        writable_by: Rule | None = None,
        **options: Any,
    ) -> None:
        super().__init__(validate=validate.Range(least, most), **_options(visible_to, writable_by, options))


class Number(fields.Float):
    """A number with a fraction, such as a coordinate; never NaN or infinite."""

    def __init__(
        self,
        *,
        least: float | None = None,
        most: float | None = None,
        visible_to: Rule | None = None,
        writable_by: Rule | None = None,
        **options: Any,
    ) -> None:
        super().__init__(validate=validate.Range(least, most), **_options(visible_to, writable_by, options))


class Money(fields.Decimal):
    """An amount: a Decimal inside, a JSON number on the wire."""

    def __init__(
        self,
        *,
        least: Decimal | None = Decimal(0),
        most: Decimal = LARGEST_AMOUNT,
        visible_to: Rule | None = None,
        writable_by: Rule | None = None,
        **options: Any,
    ) -> None:
        super().__init__(validate=validate.Range(least, most), **_options(visible_to, writable_by, options))

    def _validated(self, value: Any) -> Any:
        # A binary fraction such as 19.99 means its shortest decimal spelling.
        return super()._validated(repr(value) if isinstance(value, float) else value)


class Percent(Money):
    """A share in per cent: a Decimal rounded to four places inside, a JSON number on the wire."""

    def __init__(self, *, most: Decimal = Decimal("999.9999"), **options: Any) -> None:
        super().__init__(most=most, **options)
        self._most = most

    def _validated(self, value: Any) -> Any:
        number = super()._validated(value)
        if number is None or abs(number) > self._most:  # What is refused anyway may be too large to round.
            return number
        return number.quantize(Decimal("0.0001"), ROUND_HALF_UP)


class Bool(fields.Boolean):
    """Yes or no."""

    def __init__(self, *, visible_to: Rule | None = None, writable_by: Rule | None = None, **options: Any) -> None:
        super().__init__(**_options(visible_to, writable_by, options))


class Time(fields.AwareDateTime):
    """A moment: any ISO 8601 form in (without an offset it is UTC), RFC 3339 in UTC out."""

    def __init__(self, *, visible_to: Rule | None = None, writable_by: Rule | None = None, **options: Any) -> None:
        super().__init__(default_timezone=UTC, **_options(visible_to, writable_by, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC)
        except (TypeError, ValueError, OverflowError) as error:
            raise ValidationError("Not a valid datetime.") from error


class Json(fields.Raw):
    """Any JSON value the database can store."""

    def __init__(self, *, visible_to: Rule | None = None, writable_by: Rule | None = None, **options: Any) -> None:
        super().__init__(**_options(visible_to, writable_by, options))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        for scalar in _scalars(value):
            if isinstance(scalar, str):
                storable(scalar)
            elif isinstance(scalar, int | float) and abs(scalar) >= BEYOND_JSON:
                raise ValidationError("A number is too large.")
        return value


def _scalars(value: Any) -> Iterable[Any]:
    """The texts, names of members among them, and other simple values in a JSON value."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _scalars(item)
    elif isinstance(value, list):
        for item in value:
            yield from _scalars(item)
    else:
        yield value


class Relation(BaseRelationship):
    """A relationship to rows of another type, read from linkage as one id or a list of ids.

    `set_on` says when clients may write it: "create" (and never again), "write" (also later) or
    "never". The links of an `announced` one are shown also to those who may not follow it, so that no row has to be
    looked at to write them. With `only`, none but the rows that pass this rule are linked, such as the reader's own.
    `inverse` is the name of the relationship the other type gets by this one (to-many,
    unless `inverse_one`), and `inverse_visible_to` says who may follow that.
    """

    def __init__(
        self,
        type: str,
        *,
        many: bool,
        inverse: str | None = None,
        inverse_one: bool = False,
        inverse_visible_to: Rule | None = None,
        set_on: str = "create",
        only: Rule | None = None,
        announced: bool = False,
        self_name: str | None = None,
        visible_to: Rule | None = None,
        writable_by: Rule | None = None,
        **options: Any,
    ) -> None:
        self.type, self.many = type, many
        self.inverse, self.inverse_one, self.inverse_visible_to = inverse, inverse_one, inverse_visible_to
        self.set_on, self.only, self.announced, self.self_name = set_on, only, announced, self_name
        self.target: Any = None  # The resource it leads to, once the registry knows all of them.
        options.setdefault("allow_none", not many and not options.get("required"))
        options.setdefault("dump_only", only is not None)  # It may stand beside the whole relationship.
        super().__init__(**_options(visible_to, writable_by, options))

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **kwargs: Any) -> Any:
        if value is missing:
            return super().deserialize(value, attr, data, **kwargs)
        if not isinstance(value, dict) or "data" not in value:
            raise self._missing(attr)
        value = value["data"]
        if value is None and not self.allow_none and not self.many:
            raise self._missing(attr)
        return super().deserialize(value, attr, data, **kwargs)

    def _missing(self, attr: str | None) -> ValidationError:
        name = dashed(attr or self.name or "")
        return ValidationError(f"A valid relationship with {name} resource is required")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not self.many:
            return self._id(value)
        if not isinstance(value, list):
            raise ValidationError("Linkage of this relationship is a list.")
        return list(dict.fromkeys(self._id(item) for item in value))

    def _id(self, item: Any) -> int | str:
        if not isinstance(item, dict) or not isinstance(item.get("type"), str) or "id" not in item:
            raise ValidationError("Linkage needs a type and an id.")
        if not same_type(item["type"], self.type):
            raise ValidationError(f"Invalid type. Expected {self.type}.")
        return str(item["id"])


def to_one(type: str, **options: Any) -> Relation:
    """A relationship to at most one row of that type."""
    return Relation(type, many=False, **options)


def to_many(type: str, **options: Any) -> Relation:
    """A relationship to any number of rows of that type."""
    options.setdefault("set_on", "never")
    return Relation(type, many=True, **options)
