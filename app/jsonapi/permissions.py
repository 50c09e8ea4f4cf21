"""Who may: actors, rules, and the permission manager every route is gated by.

A `Rule` is a named predicate about an actor and a row. It answers in two ways that must agree:
`rows` as a SQL criterion ("which rows of this model pass"), `allows` in Python for one row. The
first decides what lists, includes, filters and sorts see, the second what may be written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import current_app, g
from sqlalchemy import ColumnElement, and_, false, or_, true

from app.jsonapi.errors import ApiError, Forbidden, Unauthorized

Fact = TypeVar("Fact")


class Actor:
    """Whoever makes the request; `id` is None for anonymous ones.

    Facts about the actor that cost a query (their roles) are remembered for the request.
    """

    def __init__(
        self, id: int | None = None, *, user: Any = None, is_staff: bool = False, is_super_admin: bool = False
    ) -> None:
        self.id = id
        self.user = user
        self.is_staff = is_staff or is_super_admin
        self.is_super_admin = is_super_admin
        self._facts: dict[str, Any] = {}

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is signed in."""
        return self.id is None

    def remember(self, name: str, learn: Callable[[], Fact]) -> Fact:
        """The fact of that name, learnt once per request."""
        if name not in self._facts:
            self._facts[name] = learn()
        fact: Fact = self._facts[name]
        return fact

    def forget(self, name: str) -> None:
        """Learn that fact anew when it is asked for again."""
        self._facts.pop(name, None)


def current_actor() -> Actor:
    """The actor of this request; raises Unauthorized when a token was sent that does not hold."""
    if "actor" not in g:
        g.actor = current_app.extensions["load_actor"]()
    actor: Actor = g.actor
    return actor


class Rule:
    """A named predicate about an actor and a row; the base lets nobody through."""

    name = "nobody"
    refusal = "You may not do this."
    source: dict[str, Any] | None = None  # What the error names as its source; nothing in particular if None.
    is_plain = False  # Whether the error is told as `{"error": refusal}`.

    def admits(self, actor: Actor) -> bool:
        """Whether there may be a row that passes; where not, the request is refused before any is looked for."""
        return not actor.is_anonymous

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        """The criterion for the rows of `model` that pass for this actor.

        For anonymous actors it is made once and kept: what depends on the moment is said in SQL.
        """
        return false()

    def allows(self, actor: Actor, row: Any) -> bool:
        """Whether this row passes; `row` is None where the question concerns no row."""
        return False

    def __or__(self, other: Rule) -> Rule:
        return _Either(self, other)

    def __and__(self, other: Rule) -> Rule:
        return _Both(self, other)

    def __repr__(self) -> str:
        return self.name


class _Either(Rule):
    def __init__(self, *rules: Rule) -> None:
        self.rules = rules
        self.name = " or ".join(rule.name for rule in rules)
        self.refusal, self.source = rules[0].refusal, rules[0].source

    def admits(self, actor: Actor) -> bool:
        return any(rule.admits(actor) for rule in self.rules)

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return or_(*(rule.rows(actor, model) for rule in self.rules))

    def allows(self, actor: Actor, row: Any) -> bool:
        return any(rule.allows(actor, row) for rule in self.rules)


class _Both(Rule):
    def __init__(self, *rules: Rule) -> None:
        self.rules = rules
        self.name = " and ".join(rule.name for rule in rules)
        self.refusal, self.source = rules[0].refusal, rules[0].source

    def admits(self, actor: Actor) -> bool:
        return all(rule.admits(actor) for rule in self.rules)

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return and_(*(rule.rows(actor, model) for rule in self.rules))

    def allows(self, actor: Actor, row: Any) -> bool:
        return all(rule.allows(actor, row) for rule in self.rules)


class ActorRule(Rule):
    """A rule about the actor alone: every row passes, or none."""

    def __init__(self, name: str, test: Callable[[Actor], bool], refusal: str) -> None:
        self.name, self.test, self.refusal = name, test, refusal

    def admits(self, actor: Actor) -> bool:
        return self.test(actor)

    def rows(self, actor: Actor, model: Any) -> ColumnElement[bool]:
        return true() if self.test(actor) else false()

    def allows(self, actor: Actor, row: Any) -> bool:
        return self.test(actor)


anyone = ActorRule("anyone", lambda actor: True, "")
nobody = Rule()
logged_in = ActorRule("user", lambda actor: not actor.is_anonymous, "Sign in to do this.")
staff = ActorRule("admin", lambda actor: actor.is_staff, "Admin access is required.")
super_admin = ActorRule("super admin", lambda actor: actor.is_super_admin, "Super admin access is required.")


@dataclass(frozen=True, kw_only=True)
class Access:
    """What a resource lets whom do. All four rules have to be stated.

    `read` says which rows an actor sees on every path to them. Rows outside `exists` are answered
    with 404, as if there were none; rows that exist and fail `read` with 401 or 403. `list` gates
    the collection as a whole. A list under another resource is gated by who may follow that
    relationship (`visible_to`). Rows outside `listed` (default: none) are read only by those who
    were told of them: by slug or from a row that refers to them, but neither in lists and through
    to-many relationships nor by number. Where `conceal` makes an error of a refused new row, it is raised
    instead of 403.
    """

    read: Rule
    create: Rule
    update: Rule
    delete: Rule
    exists: Rule | None = None
    list: Rule = anyone
    listed: Rule = anyone
    conceal: Callable[[Any], ApiError] | None = None

    def hidden(self) -> Rule:
        """The rule whose failure means 404."""
        return self.exists or self.read


def refusal(actor: Actor, rule: Rule) -> ApiError:
    """The answer to an actor who fails this rule: 401 when nobody is signed in, else 403."""
    if actor.is_anonymous:
        return Unauthorized()
    refused = Forbidden(rule.refusal or Rule.refusal, source=rule.source)
    refused.is_plain = rule.is_plain
    return refused


def require(rule: Rule, row: Any = None, *, actor: Actor | None = None) -> None:
    """Raise Unauthorized or Forbidden unless the rule lets the actor through."""
    actor = actor or current_actor()
    if not rule.allows(actor, row):
        raise refusal(actor, rule)


NamedPermission = Callable[..., bool]
_named: dict[str, tuple[NamedPermission, str]] = {}


def named_permission(name: str, refused: str) -> Callable[[NamedPermission], NamedPermission]:
    """Give a predicate `(actor, **facts) -> bool` the name it is asked for by."""

    def register(predicate: NamedPermission) -> NamedPermission:
        _named[name] = (predicate, refused)
        return predicate

    return register


def has_access(name: str, **facts: Any) -> bool:
    """Ask a named permission as a boolean, such as `has_access("is_coorganizer", event_id=1)`."""
    predicate, _ = _named[name]
    return predicate(current_actor(), **facts)


def require_permission(name: str, **facts: Any) -> None:
    """Raise Unauthorized or Forbidden unless the named permission is given."""
    if not has_access(name, **facts):
        actor = current_actor()
        raise Unauthorized() if actor.is_anonymous else Forbidden(_named[name][1])


@named_permission("auth_required", "Sign in to do this.")
def _auth_required(actor: Actor) -> bool:
    return not actor.is_anonymous


@named_permission("is_admin", staff.refusal)
def _is_admin(actor: Actor) -> bool:
    return actor.is_staff


@named_permission("is_super_admin", super_admin.refusal)
def _is_super_admin(actor: Actor) -> bool:
    return actor.is_super_admin


def permission_manager(view: Any, args: tuple[Any, ...], kwargs: dict[str, Any], *names: str, **options: Any) -> None:
    """The framework's hook, called before every gated method.

    Without names the resource's own `Access` decides what can be decided before the row is known:
    whether this actor may use the method at all. With names, as in
    `@api.has_permission("is_coorganizer", fetch="event_id")`, the named permissions are asked with
    the URL's values that `fetch` lists.
    """
    if not names:
        args[0].check_access(**kwargs)
    wanted = options.get("fetch", ())
    facts = {key: kwargs[key] for key in ((wanted,) if isinstance(wanted, str) else wanted)}
    for name in names:
        require_permission(name, **facts)
