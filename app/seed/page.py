"""What stands on the page of the demo event: its sponsors and exhibitors, links, questions with answers, licence."""

from __future__ import annotations

from app.events.content.models import EventCopyright, Exhibitor, Faq, FaqType, SocialLink, Sponsor
from app.events.content.services import check_new_exhibitor, check_new_sponsor, free_link_identifier
from app.events.models import Event
from app.extensions import db
from app.jsonapi import Given
from app.program.models import Session

SPONSORS: tuple[Given, ...] = (
    {"name": "Kiezcloud", "type": "Gold", "level": 1, "url": "https://kiezcloud.example.com",
     "description": "<p>Servers around the corner, for people who like to know where their data is.</p>"},
    {"name": "Bottega Web", "type": "Silver", "level": 2, "url": "https://bottega.example.com",
     "description": "<p>Makes forms that everybody can fill in.</p>"},
)  # fmt: skip
# With the titles of the sessions they take part in.
EXHIBITORS: tuple[tuple[Given, tuple[str, ...]], ...] = (
    ({"name": "Harbour Robotics", "url": "https://harbour.example.com", "contact_email": "booth@harbour.example.com",
      "description": "<p>Boards to take apart, and people who know what is on them.</p>",
      "social_links": [{"name": "mastodon", "link": "https://social.example.com/@harbour"}]},
     ("Firmware you can read",)),
    ({"name": "Fjord Maps", "url": "https://fjord.example.com",
      "description": "<p>Maps that are read aloud, and drawn by those who live there.</p>"},
     ("Testing with a keyboard", "Draw your neighbourhood")),
)  # fmt: skip
LINKS = {
    "website": "https://conference.example.com",
    "twitter": "https://twitter.com/opensourceconference",
    "mastodon": "https://social.example.com/@conference",
}
QUESTIONS = {
    "How do I get there?": "By U2 to Eberswalder Straße; from there it is five minutes on foot.",
    "Is there a lift?": "Yes, in every house, and there are seats in front for those who need them.",
    "Can I bring my children?": "Yes. There is a room for them on the ground floor, with people who look after them.",
}
LICENCE: Given = {
    "holder": "Friends of Open Source",
    "holder_url": "https://conference.example.com",
    "licence": "Creative Commons Attribution 4.0 International",
    "licence_url": "https://creativecommons.org/licenses/by/4.0/",
    "year": 2024,
}


def fill_page(event: Event, sessions: list[Session]) -> None:
    """Put everything on the event's page; exhibitors take part in some of these sessions."""
    _add_sponsors(event)
    _add_exhibitors(event, {session.title: session for session in sessions})
    for name, link in LINKS.items():
        db.session.add(SocialLink(event=event, name=name, link=link, identifier=free_link_identifier()))
    _add_questions(event)
    db.session.add(EventCopyright(event=event, **LICENCE))
    db.session.flush()


def _add_sponsors(event: Event) -> None:
    for given in SPONSORS:
        sponsor = Sponsor(event=event, **given)
        check_new_sponsor(sponsor)
        db.session.add(sponsor)


def _add_exhibitors(event: Event, sessions: dict[str, Session]) -> None:
    for place, (given, titles) in enumerate(EXHIBITORS):
        exhibitor = Exhibitor(event=event, status="accepted", position=place, **given)
        joined = {"sessions": [sessions[title] for title in titles]}
        check_new_exhibitor(exhibitor, joined)
        exhibitor.sessions = joined["sessions"]
        db.session.add(exhibitor)


def _add_questions(event: Event) -> None:
    kind = FaqType(event=event, name="Getting there and around")
    for question, answer in QUESTIONS.items():
        db.session.add(Faq(event=event, question=question, answer=answer, faq_type=kind))
