"""What events ask their speakers, and who reads the answers."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from tests.unittests.client import ApiClient, document
from tests.unittests.factories.forms import CustomFormFactory
from tests.unittests.factories.program import SessionFactory, SpeakerFactory
from tests.unittests.factories.users import UserFactory
from tests.unittests.program.calling import calling_event, speaker_document
from tests.unittests.ranks import role_of


def asking_event(*required: str, **questions: Any) -> Any:
    """An event that calls for speakers and wants these fields of them; by keyword, how it asks its own questions."""
    event = calling_event()
    for name in required:
        CustomFormFactory(event=event, form="speaker", field_identifier=name, is_required=True)
    for name, values in questions.items():
        CustomFormFactory(event=event, form="speaker", field_identifier=name, **values)
    return event


def faults(response: TestResponse) -> list[str | None]:
    """The pointers of what is refused."""
    assert response.status_code == 422, response.json
    return [each["source"].get("pointer") for each in response.json["errors"]]  # type: ignore[index]


def test_new_speaker_answers_what_is_required(api: ApiClient) -> None:
    event, user = asking_event("name", "email", "shortBiography", diet={"is_required": True}), UserFactory()
    refused = faults(api.post("/v1/speakers", speaker_document(event), user=user))
    assert refused[-2:] == ["/data/attributes/short-biography", "/data/attributes/complex-field-values/diet"]
    full = speaker_document(event, short_biography="Wrote", complex_field_values={"diet": "Vegan", "unasked": 1})
    made = api.post("/v1/speakers", full, user=user)
    assert made.json["data"]["attributes"]["complex-field-values"] == {"diet": "Vegan"}


def test_speaker_without_an_address_is_not_asked_for_it(api: ApiClient) -> None:
    event = asking_event("name", "email")
    body = speaker_document(event, is_email_overridden=True)
    made = api.post("/v1/speakers", body, user=role_of(event, "organizer"))
    assert made.status_code == 201, made.json
    change = document("speaker", made.json["data"]["id"], complex_field_values={"unasked": 1})
    path = f"/v1/speakers/{made.json['data']['id']}"
    assert api.patch(path, change, user=role_of(event, "organizer")).status_code == 200


def test_changes_of_a_speaker_are_checked_together_with_what_is_stored(api: ApiClient) -> None:
    event, user = asking_event("mobile", website={"type": "number"}), UserFactory()
    speaker = SpeakerFactory(event=event, user=user)
    path = f"/v1/speakers/{speaker.id}"
    assert "/data/attributes/mobile" in faults(api.patch(path, document("speaker", speaker.id, city="Rome"), user=user))
    both = document("speaker", speaker.id, city="Rome", mobile="+39 06")
    assert api.patch(path, both, user=user).status_code == 200
    cleared = document("speaker", speaker.id, mobile=None)
    assert "/data/attributes/mobile" in faults(api.patch(path, cleared, user=user))


def test_team_features_speakers_who_lack_something(api: ApiClient) -> None:
    event = asking_event("mobile")
    speaker, team = SpeakerFactory(event=event), role_of(event, "coorganizer")
    change = document("speaker", speaker.id, is_featured=True, city="Rome")
    assert api.patch(f"/v1/speakers/{speaker.id}", change, user=team).status_code == 200
    answers = document("speaker", speaker.id, complex_field_values={"x": "y"})
    assert "/data/attributes/mobile" in faults(api.patch(f"/v1/speakers/{speaker.id}", answers, user=team))


def test_everybody_reads_the_answers_to_public_questions_as_they_change(api: ApiClient) -> None:
    event = asking_event(diet={}, motto={"is_public": True})
    user, session = UserFactory(), SessionFactory(event=event)
    speaker = SpeakerFactory(event=event, user=user, sessions=[session])
    path = f"/v1/speakers/{speaker.id}"
    answers = {"diet": "Vegan", "motto": "Try"}
    api.patch(path, document("speaker", speaker.id, complex_field_values=answers), user=user)
    assert api.get(path, user=user).json["data"]["attributes"]["complex-field-values"] == answers
    assert api.get(path).json["data"]["attributes"]["complex-field-values"] == {"motto": "Try"}
    question = next(
        each["id"]
        for each in api.get(f"/v1/events/{event.id}/custom-forms").json["data"]
        if each["attributes"]["field-identifier"] == "motto"
    )
    hidden = document("custom-form", question, is_public=False)
    answer = api.patch(f"/v1/custom-forms/{question}", hidden, user=role_of(event, "owner"))
    assert answer.status_code == 200, answer.json
    assert api.get(path).json["data"]["attributes"]["complex-field-values"] is None
