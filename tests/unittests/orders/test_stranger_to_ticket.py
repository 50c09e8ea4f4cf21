"""The whole way: strangers sign up, one makes an event, the other orders, and everybody has a ticket."""

from __future__ import annotations

import re
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from app.edge import Service
from app.jobs import run_waiting_jobs
from tests.unittests.client import JSON_API, document
from tests.unittests.factories.events import in_days
from tests.unittests.orders.conftest import mails_in


class Browser:
    """Somebody at the web client: knows nothing but what the service answers and mails."""

    def __init__(self, app: Service, mailbox: Path, email: str) -> None:
        self.app, self.mailbox, self.email, self.token = app, mailbox, email, ""

    def send(self, method: str, path: str, body: Any = None, content_type: str = JSON_API) -> Any:
        """A request that has to succeed; its document, or its content where that is no JSON."""
        headers = {"Authorization": f"JWT {self.token}"} if self.token else {}
        with self.app.app_context():
            client = self.app.test_client()
            response = client.open(path, method=method, json=body, headers={**headers, "Content-Type": content_type})
        assert response.status_code < 300, (method, path, response.get_data(as_text=True))
        return response.get_json(force=True) if "json" in (response.content_type or "") else response.get_data()

    def plain(self, path: str, body: Any) -> Any:
        return self.send("POST", path, body, "application/json")

    def mails(self) -> list[EmailMessage]:
        """What has arrived once the worker has done its work."""
        run_waiting_jobs(self.app)
        return [mail for mail in mails_in(self.mailbox) if mail["To"].addresses[0].addr_spec == self.email]

    def sign_up(self) -> None:
        """Sign up, follow the link in the mail, and sign in."""
        self.send("POST", "/v1/users", document("user", email=self.email, password="a-good-password"))
        (mail,) = self.mails()
        found = re.search(r"token=([\w.-]+)", str(mail.get_body(("html",)).get_content()))  # type: ignore[union-attr]
        assert found
        self.plain("/v1/auth/verify-email", {"data": {"token": found[1]}})
        answer = self.plain("/auth/session", {"username": self.email, "password": "a-good-password"})
        self.token = answer["access_token"]

    def create(self, type_: str, path: str, relationships: dict[str, Any] | None = None, **attributes: Any) -> Any:
        return self.send("POST", f"/v1/{path}", document(type_, relationships=relationships, **attributes))["data"]


def reference(row: Any) -> dict[str, str]:
    return {"type": row["type"], "id": row["id"]}


def test_strangers_get_from_sign_up_to_a_ticket_by_mail(committed_app: Service, tmp_path: Path) -> None:
    committed_app.config["DATA_DIR"] = tmp_path
    organizer = Browser(committed_app, tmp_path, "olga@example.com")
    organizer.sign_up()
    days = {"starts_at": in_days(30).isoformat(), "ends_at": in_days(31).isoformat()}
    event = organizer.create("event", "events", name="Meet-up", timezone="Europe/Berlin", state="draft", **days)
    sales = {"sales_starts_at": in_days(-1).isoformat(), "sales_ends_at": in_days(29).isoformat()}
    ticket = organizer.create(
        "ticket", "tickets", {"event": reference(event)}, name="Free entry", type="free", quantity=10, **sales
    )
    address = f"/v1/events/{event['attributes']['identifier']}"
    organizer.send("PATCH", address, document("event", event["id"], state="published"))

    buyer = Browser(committed_app, tmp_path, "ben@example.com")
    buyer.sign_up()
    belongs = {"event": reference(event), "ticket": reference(ticket)}
    names = {"Ada": "ada@example.com", "Ben": "ben@example.com"}
    attendees = [
        buyer.create("attendee", "attendees", belongs, firstname=name, email=email) for name, email in names.items()
    ]
    people = [reference(attendee) for attendee in attendees]
    order = buyer.create("order", "orders", {"event": reference(event), "attendees": people})
    assert order["attributes"]["status"] == "pending"

    assert len(buyer.mails()) == 2
    path = f"/v1/orders/{order['attributes']['identifier']}"
    assert buyer.send("GET", path)["data"]["attributes"]["status"] == "completed"
    for attendee, name in zip(attendees, names, strict=True):
        url = buyer.send("GET", f"/v1/attendees/{attendee['id']}")["data"]["attributes"]["pdf-url"]
        assert name in words_of(buyer.send("GET", url[url.index("/v1") :]))
    (mail,) = Browser(committed_app, tmp_path, "ada@example.com").mails()
    found = re.search(r'href="[^"]*(/files/[^"]+)"', str(mail.get_body(("html",)).get_content()))  # type: ignore[union-attr]
    assert found
    stranger = Browser(committed_app, tmp_path, "nobody@example.com")
    assert "Ada" in words_of(stranger.send("GET", found[1]))
    (notice,) = [mail for mail in organizer.mails() if "New order" in mail["Subject"]]
    assert "Meet-up" in notice["Subject"]


def words_of(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
