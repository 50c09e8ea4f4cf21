"""The demo data: what is in it, and that it is made once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from app.edge import Service
from app.extensions import db
from app.jobs import run_waiting_jobs
from app.orders.models import Attendee, Order
from app.seed import seed_demo
from app.users.models import User
from tests.unittests.client import ApiClient
from tests.unittests.orders.conftest import mails_in


def sign_in(api: ApiClient, name: str) -> int:
    """The status of signing in as one of the demo accounts."""
    body = {"email": f"{name}@example.com", "password": f"{name}-password"}
    return api.plain("POST", "/auth/session", body).status_code


def test_demo_data_can_be_looked_around_in(committed_app: Service, tmp_path: Path) -> None:
    committed_app.config["DATA_DIR"] = tmp_path
    assert seed_demo() is True
    api = ApiClient(committed_app)
    assert [sign_in(api, name) for name in ("admin", "organizer", "buyer")] == [200] * 3
    (event,) = api.get("/v1/events/upcoming").json["data"]
    assert event["attributes"]["state"] == "published"
    path = f"/v1/events/{event['attributes']['identifier']}/tickets"
    organizer = db.session.scalars(select(User).where(User.email == "organizer@example.com")).one()
    assert [api.get(path, user=user).json["meta"]["count"] for user in (None, organizer)] == [3, 4]
    sessions = api.get(path.replace("tickets", "sessions"), query={"page[size]": "0"}).json
    starts = sorted(each["attributes"]["starts-at"] for each in sessions["data"])
    assert len(sessions["data"]) == 20  # The proposal that nobody has decided about is not among them.
    assert {start[:10] for start in starts} == {starts[0][:10], starts[-1][:10]}
    modules = api.get("/v1/modules").json["data"]["attributes"]
    assert modules == {"ticket-include": True, "payment-include": True, "donation-include": True}


def test_page_of_the_demo_event_is_whole(committed_app: Service) -> None:
    assert seed_demo() is True
    api = ApiClient(committed_app)
    page = "sponsors,exhibitors.sessions,social-links,faqs,faq-types.faqs,event-copyright"
    (event,) = api.get("/v1/events/upcoming").json["data"]
    shown = api.get(f"/v1/events/{event['attributes']['identifier']}?include={page}").json["included"]
    numbers = Counter(each["type"] for each in shown)
    assert numbers == {
        "sponsor": 2, "exhibitor": 2, "social-link": 3, "faq": 3, "faq-type": 1, "event-copyright": 1, "session": 3
    }  # fmt: skip
    assert "twitter" in {each["attributes"]["name"] for each in shown if each["type"] == "social-link"}
    (kind,) = (each for each in shown if each["type"] == "faq-type")
    assert len(kind["relationships"]["faqs"]["data"]) == 3


def test_demo_event_belongs_to_a_group_that_somebody_follows(committed_app: Service) -> None:
    assert seed_demo() is True
    api = ApiClient(committed_app)
    (group,) = api.get("/v1/groups").json["data"]
    assert group["attributes"]["follower-count"] == 1
    (event,) = api.get(f"/v1/groups/{group['id']}/events").json["data"]
    assert event["attributes"]["name"] == "Open Source Conference"


def test_order_of_the_demo_data_is_delivered_by_the_worker(committed_app: Service, tmp_path: Path) -> None:
    committed_app.config["DATA_DIR"] = tmp_path
    seed_demo()
    run_waiting_jobs(committed_app)
    db.session.expire_all()
    assert db.session.scalars(select(Order.status)).one() == "completed"
    assert all(db.session.scalars(select(Attendee.pdf_url)))
    assert len(mails_in(tmp_path)) == 3


def test_demo_data_is_made_once(committed_app: Service) -> None:
    assert seed_demo() is True
    assert seed_demo() is False
    assert db.session.scalar(select(func.count()).select_from(User)) == 3
