"""Invitations to work on an event, one owner of each, and what roles are said to be good for"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

INVITABLE = "'owner', 'organizer', 'coorganizer', 'track_organizer', 'moderator', 'attendee', 'registrar'"
SERVICES = ("track", "session", "speaker", "sponsor", "microlocation")
EVERYTHING = ("create", "read", "update", "delete")
# What each role may do on all services, and on some in particular.
POWERS: dict[str, tuple[str, ...]] = {
    "owner": EVERYTHING,
    "organizer": EVERYTHING,
    "coorganizer": ("read", "update"),
    "track_organizer": ("read",),
    "moderator": ("read",),
    "registrar": ("read",),
}
PARTICULAR = {("track_organizer", "track"): EVERYTHING}

NOTE_OWNERSHIP = """
CREATE FUNCTION note_ownership() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.is_owner := EXISTS (SELECT FROM roles WHERE id = NEW.role_id AND name = 'owner');
    RETURN NEW;
END $$
"""
# Asked when the transaction ends, so that an event may be handed over within it. No lock is needed: whoever takes the
# owner's role from an event has to delete or change the one row that says who that is.
KEEP_OWNER = """
CREATE FUNCTION keep_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM events WHERE id = OLD.event_id)
        AND NOT EXISTS (SELECT FROM users_events_roles WHERE event_id = OLD.event_id AND is_owner)
    THEN
        RAISE EXCEPTION 'the event would be without its owner'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'events_keep_their_owner', DETAIL = OLD.event_id;
    END IF;
    RETURN NULL;
END $$
"""
# Who came first stays the owner of an event that has several.
FURTHER_OWNERS = """
    FROM users_events_roles held JOIN roles ON roles.id = held.role_id AND roles.name = 'owner'
    WHERE EXISTS (SELECT FROM users_events_roles first
        WHERE first.event_id = held.event_id AND first.role_id = held.role_id AND first.id < held.id)
"""
OWNERS_INVITES = """
    INSERT INTO role_invites (email, role_name, status, expires_at, event_id, role_id, user_id)
    SELECT users.email, 'owner', 'accepted', now(), event_id, role_id, users.id
    FROM users_events_roles JOIN users ON users.id = user_id WHERE is_owner
"""


def upgrade() -> None:
    _keep_one_owner()
    _make_invites()
    _make_powers()
    for table in ("role_invites", "services", "event_role_permissions"):
        op.execute(
            f"CREATE TRIGGER raise_version BEFORE UPDATE ON {table} FOR EACH ROW "
            "WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION raise_version()"
        )
    op.execute(OWNERS_INVITES)
    _insert_powers()


def _keep_one_owner() -> None:
    op.execute(
        "INSERT INTO users_events_roles (user_id, event_id, role_id) "
        "SELECT held.user_id, held.event_id, (SELECT id FROM roles WHERE name = 'organizer') "
        f"{FURTHER_OWNERS} ON CONFLICT DO NOTHING"
    )
    op.execute(f"DELETE FROM users_events_roles WHERE id IN (SELECT held.id {FURTHER_OWNERS})")
    op.add_column("users_events_roles", sa.Column("is_owner", sa.Boolean(), server_default="false", nullable=False))
    for function in (NOTE_OWNERSHIP, KEEP_OWNER):
        op.get_bind().exec_driver_sql(function)
    op.execute(
        "CREATE TRIGGER note_ownership BEFORE INSERT OR UPDATE ON users_events_roles "
        "FOR EACH ROW EXECUTE FUNCTION note_ownership()"
    )
    op.execute("UPDATE users_events_roles SET is_owner = false")  # The trigger knows better.
    op.create_index(
        "uq_users_events_roles_owner", "users_events_roles", ["event_id"], unique=True, postgresql_where="is_owner"
    )
    op.execute(
        "CREATE CONSTRAINT TRIGGER keep_owner AFTER UPDATE OR DELETE ON users_events_roles "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.is_owner) EXECUTE FUNCTION keep_owner()"
    )


def _make_invites() -> None:
    op.create_table(
        "role_invites",
        _id(),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role_name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="pending", nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        *_key("role_invites", "event_id", "events"),
        *_key("role_invites", "role_id", "roles"),
        *_key("role_invites", "user_id", "users", required=False),
        _version(),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("status IN ('pending', 'accepted', 'declined')", name=op.f("ck_role_invites_status")),
        sa.CheckConstraint(f"role_name IN ({INVITABLE})", name=op.f("ck_role_invites_role_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_invites")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_role_invites_secret_hash")),
    )
    for name in ("event_id", "role_id", "user_id"):
        op.create_index(op.f(f"ix_role_invites_{name}"), "role_invites", [name])
    for name, which in {
        "member": "status IN ('pending', 'accepted') AND role_name <> 'owner'",
        "open": "status = 'pending' OR status = 'accepted' AND role_name = 'owner'",
    }.items():
        op.create_index(
            f"uq_role_invites_{name}",
            "role_invites",
            ["event_id", sa.text("lower(email)")],
            unique=True,
            postgresql_where=which,
        )


def _make_powers() -> None:
    names = ", ".join(f"'{name}'" for name in SERVICES)
    op.create_table(
        "services",
        _id(),
        sa.Column("name", sa.Text(), server_default="track", nullable=False),
        _version(),
        sa.CheckConstraint(f"name IN ({names})", name=op.f("ck_services_name")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_services")),
    )
    op.create_table(
        "event_role_permissions",
        _id(),
        *(sa.Column(f"can_{what}", sa.Boolean(), server_default="false", nullable=False) for what in EVERYTHING),
        *_key("event_role_permissions", "role_id", "roles"),
        *_key("event_role_permissions", "service_id", "services"),
        _version(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_role_permissions")),
        sa.UniqueConstraint("role_id", "service_id", name=op.f("uq_event_role_permissions_role_id_service_id")),
    )
    op.create_index(op.f("ix_event_role_permissions_service_id"), "event_role_permissions", ["service_id"])


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def _version() -> sa.Column[int]:
    next_version = sa.text("nextval('row_versions')")
    return sa.Column("version", sa.BigInteger(), server_default=next_version, nullable=False)


def _key(table: str, name: str, target: str, *, required: bool = True) -> tuple[sa.Column[int], sa.Constraint]:
    ondelete = "CASCADE" if required else "SET NULL"
    key = sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_{table}_{name}_{target}"), ondelete=ondelete)
    return sa.Column(name, sa.BigInteger(), nullable=not required), key


def _insert_powers() -> None:
    services = sa.table("services", sa.column("name"))
    op.bulk_insert(services, [{"name": name} for name in SERVICES])
    statement = sa.text(
        "INSERT INTO event_role_permissions (role_id, service_id, can_create, can_read, can_update, can_delete) "
        "SELECT roles.id, services.id, :create, :read, :update, :delete FROM roles, services "
        "WHERE roles.name = :role AND services.name = :service"
    )
    for role, usual in POWERS.items():
        for service in SERVICES:
            powers = PARTICULAR.get((role, service), usual)
            may = {what: what in powers for what in EVERYTHING}
            op.get_bind().execute(statement, {"role": role, "service": service, **may})


def downgrade() -> None:
    for table in ("event_role_permissions", "services", "role_invites"):
        op.drop_table(table)
    for name in ("keep_owner", "note_ownership"):
        op.execute(f"DROP TRIGGER {name} ON users_events_roles")
        op.execute(f"DROP FUNCTION {name}()")
    op.drop_column("users_events_roles", "is_owner")
