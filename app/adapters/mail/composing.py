"""Writing mail from templates."""

from __future__ import annotations

import html
from collections.abc import Mapping
from email.headerregistry import Address
from pathlib import PurePosixPath
from typing import Any

from app.adapters.headers import one_line
from app.adapters.mail.message import Attachment, Mail
from app.adapters.mail.plain_text import plain_text
from app.adapters.templates import environment


def compose(
    template: str,
    context: Mapping[str, Any],
    *,
    to: Address | str,
    message_id: str,
    bcc: tuple[Address | str, ...] = (),
    reply_to: Address | str | None = None,
    attachments: tuple[Attachment, ...] = (),
) -> Mail:
    """Write a mail from `app/templates/mail/<template>`, such as `orders/ticket_purchased.html`.

    The stem of that name is the mail's action. The template extends `mail/base.html` and says its subject in
    `{% block subject %}`; a value it names and the context lacks raises jinja2.UndefinedError.
    """
    page = environment().get_template(f"mail/{template}")
    variables = page.new_context(dict(context))
    body = page.render(dict(context))
    # Escaped like the rest of the page, whose title it is too; a header is no HTML.
    subject = one_line(html.unescape("".join(page.blocks["subject"](variables))))
    action = PurePosixPath(template).stem
    return Mail(to, subject, body, plain_text(body), message_id, action, bcc, reply_to, attachments)
