"""Factories of what stands on an event's page."""

from __future__ import annotations

import secrets
from typing import Any

import factory

from app.events.content.models import EventCopyright, Exhibitor, Faq, FaqType, SocialLink, Sponsor
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.events import EventFactoryBasic


class SponsorFactory(RowFactory):
    """A sponsor of an event of its own."""

    class Meta:
        model = Sponsor

    name = factory.Sequence(lambda number: f"Sponsor {number}")
    description = "<p>Makes things.</p>"
    url = "https://sponsor.example.com"
    level = 1
    logo_url = "https://sponsor.example.com/logo.png"
    type = "Gold"
    event: Any = factory.SubFactory(EventFactoryBasic)


class ExhibitorFactory(RowFactory):
    """An exhibitor who was accepted."""

    class Meta:
        model = Exhibitor

    name = factory.Sequence(lambda number: f"Exhibitor {number}")
    status = "accepted"
    description = "<p>Shows things.</p>"
    url = "https://exhibitor.example.com"
    event: Any = factory.SubFactory(EventFactoryBasic)


class SocialLinkFactory(RowFactory):
    """Where an event of its own is found."""

    class Meta:
        model = SocialLink

    name = "twitter"
    link = "https://twitter.com/conference"
    identifier = factory.LazyFunction(lambda: f"a{secrets.token_hex(4)[1:]}")
    event: Any = factory.SubFactory(EventFactoryBasic)


class FaqTypeFactory(RowFactory):
    """A group of questions."""

    class Meta:
        model = FaqType

    name = factory.Sequence(lambda number: f"Questions {number}")
    event: Any = factory.SubFactory(EventFactoryBasic)


class FaqFactory(RowFactory):
    """A question with its answer, in no group."""

    class Meta:
        model = Faq

    question = factory.Sequence(lambda number: f"Question {number}?")
    answer = "Yes."
    event: Any = factory.SubFactory(EventFactoryBasic)


class EventCopyrightFactory(RowFactory):
    """The licence of an event of its own."""

    class Meta:
        model = EventCopyright

    holder = "Friends of Open Source"
    holder_url = "https://holder.example.com"
    licence = "Creative Commons Attribution 4.0"
    licence_url = "https://creativecommons.org/licenses/by/4.0/"
    year = 2026
    event: Any = factory.SubFactory(EventFactoryBasic)
