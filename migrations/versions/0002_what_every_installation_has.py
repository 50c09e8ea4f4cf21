"""The functions and triggers of the tables, the job queue, and the rows every installation starts with"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

from app.jobs import apply_schema, drop_schema

revision = "0002"
down_revision = "0001"

ROLES = {
    "owner": "Owner",
    "organizer": "Organizer",
    "coorganizer": "Co-organizer",
    "track_organizer": "Track Organizer",
    "moderator": "Moderator",
    "attendee": "Attendee",
    "registrar": "Registrar",
}
EVENT_TYPES = (
    "Appearance or Signing", "Attraction", "Camp, Trip, or Retreat", "Class, Training, or Workshop",
    "Concert or Performance", "Conference", "Convention", "Dinner or Gala", "Festival or Fair",
    "Game or Competition", "Meeting or Networking Event", "Other", "Party or Social Gathering",
    "Race or Endurance Event", "Rally", "Screening", "Seminar or Talk", "Tour", "Tradeshow, Consumer Show, or Expo",
)  # fmt: skip
TOPICS = {
    "Auto, Boat & Air": ("Air", "Auto", "Boat", "Motorcycle/ATV", "Other"),
    "Business & Professional": ("Career", "Design", "Educators", "Finance", "Media", "Startups", "Other"),
    "Charity & Causes": ("Animal Welfare", "Disaster Relief", "Environment", "Healthcare", "Human Rights", "Other"),
    "Community & Culture": ("City/Town", "Heritage", "Language", "LGBT", "Nationality", "Other"),
    "Family & Education": ("Alumni", "Baby", "Children & Youth", "Education", "Parenting", "Other"),
    "Fashion & Beauty": ("Accessories", "Beauty", "Bridal", "Fashion", "Other"),
    "Film, Media & Entertainment": ("Adult", "Anime", "Comedy", "Comics", "Film", "Gaming", "TV", "Other"),
    "Food & Drink": ("Beer", "Food", "Spirits", "Wine", "Other"),
    "Government & Politics": ("Elections", "Federal Government", "International Affairs", "Other"),
    "Health & Wellness": ("Medical", "Mental health", "Personal health", "Spa", "Yoga", "Other"),
    "Hobbies & Special Interest": ("Books", "Drawing & Painting", "Gaming", "Photography", "Other"),
    "Home & Lifestyle": ("Dating", "Home & Garden", "Pets & Animals", "Other"),
    "Music": ("Alternative", "Classical", "Electronic", "Folk", "Hip Hop / Rap", "Jazz", "Pop", "Rock", "Other"),
    "Other": ("Avatar", "Logo"),
    "Performing & Visual Arts": ("Ballet", "Comedy", "Craft", "Dance", "Fine Art", "Opera", "Theatre", "Other"),
    "Religion & Spirituality": ("Buddhism", "Christianity", "Hinduism", "Islam", "Judaism", "New Age", "Other"),
    "Science & Technology": ("Biotech", "High Tech", "Medicine", "Mobile", "Robotics", "Science", "Other"),
    "Sports & Fitness": ("Baseball", "Basketball", "Cycling", "Football", "Running", "Tennis", "Yoga", "Other"),
    "Travel & Outdoor": ("Canoeing", "Climbing", "Hiking", "Kayaking", "Rafting", "Travel", "Other"),
}  # fmt: skip
PANELS = (
    "sales", "admin", "events", "sessions", "users", "permissions", "messages", "reports", "settings", "content",
)  # fmt: skip

RAISE_VERSION = """
CREATE FUNCTION raise_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := nextval('row_versions');
    RETURN NEW;
END $$
"""
KEEP_TICKET_STOCK = """
CREATE FUNCTION keep_ticket_stock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ticket_stocks (ticket_id, capacity) VALUES (NEW.id, NEW.quantity)
    ON CONFLICT (ticket_id) DO UPDATE SET capacity = EXCLUDED.capacity;
    RETURN NULL;
END $$
"""
# Reading notes a user's last access, which must not make the user another version.
CHANGED = {"users": "to_jsonb(OLD) - 'last_accessed_at' IS DISTINCT FROM to_jsonb(NEW) - 'last_accessed_at'"}
VERSIONED = """
SELECT table_name FROM information_schema.columns
WHERE table_schema = current_schema() AND column_name = 'version' ORDER BY table_name
"""


def upgrade() -> None:
    connection = op.get_bind()
    connection.exec_driver_sql(RAISE_VERSION)
    for table in connection.scalars(sa.text(VERSIONED)).all():
        op.execute(
            f'CREATE TRIGGER raise_version BEFORE UPDATE ON "{table}" FOR EACH ROW '
            f"WHEN ({CHANGED.get(table, 'OLD.* IS DISTINCT FROM NEW.*')}) EXECUTE FUNCTION raise_version()"
        )
    connection.exec_driver_sql(KEEP_TICKET_STOCK)
    op.execute(
        "CREATE TRIGGER keep_ticket_stock AFTER INSERT OR UPDATE OF quantity ON tickets "
        "FOR EACH ROW EXECUTE FUNCTION keep_ticket_stock()"
    )
    apply_schema(connection)
    _insert_rows()


def _insert_rows() -> None:
    op.execute("INSERT INTO settings (id, app_name) OVERRIDING SYSTEM VALUE VALUES (1, 'Open Event')")
    op.execute("INSERT INTO modules (id) OVERRIDING SYSTEM VALUE VALUES (1)")
    _insert("roles", [{"name": name, "title_name": title} for name, title in ROLES.items()])
    _insert("user_permissions", [
        {"name": "publish_event", "description": "Publish event (make event live)", "unverified_user": False},
        {"name": "create_event", "description": "Create event", "unverified_user": False},
    ])  # fmt: skip
    _insert("event_types", [{"name": name, "slug": _slug(name)} for name in EVENT_TYPES])
    _insert("event_topics", [{"name": name, "slug": _slug(name)} for name in TOPICS])
    for topic, names in TOPICS.items():
        for name in names:
            _insert_sub_topic(topic, name)
    _insert("panel_permissions", [{"panel_name": name, "can_access": True} for name in PANELS])
    _insert("custom_system_roles", [{"name": "Sales Admin"}, {"name": "Marketer"}])
    op.execute(
        "INSERT INTO custom_system_roles_panels (custom_system_role_id, panel_permission_id) "
        "SELECT custom_system_roles.id, panel_permissions.id FROM custom_system_roles, panel_permissions "
        "WHERE panel_name = 'sales'"
    )


def _insert(table: str, rows: list[dict[str, object]]) -> None:
    columns = [sa.column(name) for name in rows[0]]
    op.bulk_insert(sa.table(table, *columns), rows)


def _insert_sub_topic(topic: str, name: str) -> None:
    statement = sa.text(
        "INSERT INTO event_sub_topics (name, slug, event_topic_id) "
        "SELECT CAST(:name AS text), CAST(:slug AS text), id FROM event_topics WHERE name = :topic"
    )
    op.get_bind().execute(statement, {"name": name, "slug": _slug(name), "topic": topic})


def _slug(name: str) -> str:
    return re.sub(r"[/ ]", "-", name.lower().replace("& ", "").replace(",", ""))


def downgrade() -> None:
    connection = op.get_bind()
    drop_schema(connection)
    connection.execute(sa.text("DROP FUNCTION keep_ticket_stock CASCADE"))
    connection.execute(sa.text("DROP FUNCTION raise_version CASCADE"))
    for table in (
        "custom_system_roles_panels", "custom_system_roles", "panel_permissions", "event_sub_topics",
        "event_topics", "event_types", "user_permissions", "roles", "modules", "settings",
    ):  # fmt: skip
        op.execute(f"DELETE FROM {table}")
