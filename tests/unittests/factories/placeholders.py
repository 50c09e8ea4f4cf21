"""Factories of the pictures of sub-topics."""

from __future__ import annotations

from typing import Any

import factory

from app.events.placeholders.models import CustomPlaceholder
from tests.unittests.factories.base import RowFactory
from tests.unittests.factories.events import EventSubTopicFactory


class CustomPlaceholderFactory(RowFactory):
    """The picture of a sub-topic of its own."""

    class Meta:
        model = CustomPlaceholder

    name = factory.Sequence(lambda number: f"placeholder-{number}")
    original_image_url = "https://images.example/gliders.jpg"
    thumbnail_image_url = "https://images.example/gliders-thumbnail.jpg"
    large_image_url = "https://images.example/gliders-large.jpg"
    icon_image_url = "https://images.example/gliders-icon.jpg"
    copyright = "CC0"
    origin = "https://images.example"
    event_sub_topic: Any = factory.SubFactory(EventSubTopicFactory)
