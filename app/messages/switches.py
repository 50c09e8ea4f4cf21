"""Which kinds of messages are made: what administrators have switched off is neither sent nor recorded."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, not_, or_, select
from sqlalchemy.dialects.postgresql import insert

from app.extensions import db
from app.messages.models import MessageSetting, NotificationSetting


def is_mailed(action: str) -> bool:
    """Whether mails of this action are sent; an action that has no setting yet gets one, which is on."""
    enabled = db.session.scalar(select(MessageSetting.enabled).where(MessageSetting.action == action))
    if enabled is None:
        db.session.execute(insert(MessageSetting).values(action=action).on_conflict_do_nothing())
    return enabled is not False


def is_notified(type: str) -> ColumnElement[bool]:
    """The criterion by which notifications of this type are made: neither they nor the mails of that name are off."""
    alone = exists().where(NotificationSetting.type == type, NotificationSetting.enabled.is_(False))
    with_mails = exists().where(MessageSetting.action == type, MessageSetting.enabled.is_(False))
    return not_(or_(alone, with_mails))
