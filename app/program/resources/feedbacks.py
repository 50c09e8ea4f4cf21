"""Ratings over HTTP."""

from __future__ import annotations

from app.api import resource
from app.jsonapi import Access, Given, ResourceDetail, ResourceList, ResourceRelationship, logged_in
from app.program.models import Feedback
from app.program.opinions import rules
from app.program.opinions.access import readable_feedback, updatable_feedback
from app.program.schemas.feedbacks import FeedbackSchema
from app.users.access import itself_or_staff


class Feedbacks:
    """What all views of ratings share."""

    model, schema = Feedback, FeedbackSchema
    access = Access(read=readable_feedback, create=logged_in, update=updatable_feedback, delete=itself_or_staff)


class FeedbackList(Feedbacks, ResourceList):
    """What people think of an event, or reviewers of a session."""

    def before_create(self, row: Feedback, given: Given) -> None:
        rules.check_new_feedback(row, actor=self.actor)


class FeedbackDetail(Feedbacks, ResourceDetail):
    """One rating."""


class FeedbackRelationship(Feedbacks, ResourceRelationship):
    """What is rated, and by whom."""


resource("feedbacks", FeedbackList, FeedbackDetail, FeedbackRelationship, collection=("POST",))
