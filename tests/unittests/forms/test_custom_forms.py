"""Custom forms: what an event asks, who says what that is, and what goes with a question."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from app.edge import Service
from app.extensions import db
from app.forms.models import CustomForm, CustomFormOption, CustomFormTranslate
from app.users.tokens import access_token
from tests.unittests.attendance import fault
from tests.unittests.client import JSON_API, ApiClient, document, linkage
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.forms import CustomFormFactory, CustomFormOptionFactory, CustomFormTranslateFactory
from tests.unittests.factories.users import AdminFactory, UserFactory
from tests.unittests.ranks import role_of
from tests.unittests.statements import statements_sent

EMAIL_STAYS = (409, "The e-mail form of attendees stays.", "/data")


def new_form(event: Any, **attributes: Any) -> Any:
    """A document of a new question of an event."""
    given = {"field_identifier": "dietaryNeeds", "form": "attendee", "name": "Diet", **attributes}
    given = {name: value for name, value in given.items() if value is not ...}
    return document("custom-form", relationships={"event": linkage("event", event)}, **given)


def attributes(response: Any) -> Any:
    """The attributes of the answer's resource."""
    return response.json["data"]["attributes"]


def first_forms(event_id: object) -> list[Any]:
    rows = select(CustomForm).where(CustomForm.event_id == int(str(event_id))).order_by(CustomForm.position)
    return list(db.session.scalars(rows))


# What every event asks


def test_new_event_asks_who_attends(api: ApiClient) -> None:
    user = UserFactory()
    body = document(
        "event", name="Linux Day", timezone="UTC", starts_at="2040-01-01T09:00:00Z", ends_at="2040-01-02T09:00:00Z"
    )
    event_id = api.post("/v1/events", body, user=user).json["data"]["id"]
    asked = [(each.field_identifier, each.name, each.type, each.form) for each in first_forms(event_id)]
    assert asked == [
        ("email", "Email", "email", "attendee"),
        ("firstname", "First Name", "text", "attendee"),
        ("lastname", "Last Name", "text", "attendee"),
    ]
    assert all(each.is_required and each.is_included and each.is_fixed for each in first_forms(event_id))
    assert not any(each.is_complex for each in first_forms(event_id))


def test_email_of_attendees_stays(api: ApiClient) -> None:
    event = EventFactoryBasic()
    email, last = (
        CustomFormFactory(event=event, field_identifier=name, is_fixed=True, is_required=True)
        for name in ("email", "lastname")
    )
    of_vips = CustomFormFactory(event=event, field_identifier="email", is_fixed=True, form_id="vip")
    user = role_of(event, "owner")
    path = f"/v1/custom-forms/{email.id}"
    assert fault(api.delete(path, user=user)) == EMAIL_STAYS
    for change in ({"is_fixed": False}, {"form": "speaker"}, {"form_id": "x"}, {"field_identifier": "phone"}):
        assert fault(api.patch(path, document("custom-form", email.id, **change), user=user)) == EMAIL_STAYS
    shown = attributes(api.get(path))
    assert (
        api.patch(
            path, {"data": {"type": "custom-form", "id": str(email.id), "attributes": shown}}, user=user
        ).status_code
        == 200
    )
    for other in (last, of_vips):
        assert api.delete(f"/v1/custom-forms/{other.id}", user=user).status_code == 200


# Making and changing


def test_question_of_the_organizers_own_needs_a_name_and_is_complex(api: ApiClient) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "coorganizer")
    made = api.post("/v1/custom-forms", new_form(event, is_complex=False, min=None), user=user)
    assert made.status_code == 201
    shown = attributes(made)
    expected = {
        "field-identifier": "dietaryNeeds", "name": "Diet", "type": "text", "is-complex": True, "is-included": False,
        "is-required": False, "position": 0, "min": 0, "max": 10, "translations": [], "form-id": None,
    }  # fmt: skip
    assert {name: shown[name] for name in expected} == expected
    for name in (..., None, " "):
        refused = api.post("/v1/custom-forms", new_form(event, field_identifier="other", name=name), user=user)
        assert fault(refused)[::2] == (422, "/data/attributes/name")


@pytest.mark.parametrize("spelled", ["jobTitle", "job-title", "job_title"])
def test_fixed_field_has_its_own_label_and_spelling(api: ApiClient, spelled: str) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "coorganizer")
    made = api.post("/v1/custom-forms", new_form(event, field_identifier=spelled, name="Role"), user=user)
    shown = attributes(made)
    assert (shown["field-identifier"], shown["name"], shown["is-complex"]) == ("jobTitle", "Job Title", False)
    assert shown["translations"] is None
    path = made.headers["Location"]
    renamed = api.patch(path, document("custom-form", made.json["data"]["id"], name="Role"), user=user)
    assert attributes(renamed)["name"] == "Job Title"
    moved = api.patch(path, document("custom-form", made.json["data"]["id"], form="speaker", name="Role"), user=user)
    assert (attributes(moved)["name"], attributes(moved)["is-complex"]) == ("Role", True)


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"form": "visitor"}, "form"), ({"form": ...}, "form"), ({"field_identifier": ...}, "field-identifier"),
        ({"field_identifier": " "}, "field-identifier"), ({"type": "color"}, "type"), ({"min": 5, "max": 4}, "max"),
        ({"position": "first"}, "position"), ({"translations": {}}, "translations"),
        ({"translations": ["de"]}, "translations"), ({"translations": [{"name": "Diät"}]}, "translations"),
        ({"translations": [{"name": 1, "language_code": "de"}]}, "translations"),
        ({"translations": [{"name": "D", "language_code": "de", "id": "x"}]}, "translations"),
        ({"translations": [{"name": "D", "language_code": "de"}] * 201}, "translations"),
    ],
)  # fmt: skip
def test_question_that_cannot_be_is_refused_by_name(api: ApiClient, given: dict[str, Any], pointer: str) -> None:
    event = EventFactoryBasic()
    refused = api.post("/v1/custom-forms", new_form(event, **given), user=role_of(event, "coorganizer"))
    assert fault(refused)[::2] == (422, f"/data/attributes/{pointer}")


def test_form_asks_for_a_field_once(api: ApiClient) -> None:
    event, other = EventFactoryBasic(), EventFactoryBasic()
    user = role_of(event, "coorganizer")
    assert api.post("/v1/custom-forms", new_form(event), user=user).status_code == 201
    for same in ("dietaryNeeds", "dietary_needs", "dietary-needs"):
        for form_id in (..., None, ""):
            refused = api.post("/v1/custom-forms", new_form(event, field_identifier=same, form_id=form_id), user=user)
            assert fault(refused)[::2] == (409, "/data/attributes/field-identifier")
    for further in ({"form": "session"}, {"form_id": "vip"}, {"field_identifier": "diet"}):
        assert api.post("/v1/custom-forms", new_form(event, **further), user=user).status_code == 201
    assert api.post("/v1/custom-forms", new_form(other), user=role_of(other, "coorganizer")).status_code == 201
    diet = db.session.scalars(select(CustomForm).where(CustomForm.field_identifier == "diet")).one()
    change = document("custom-form", diet.id, field_identifier="dietaryNeeds")
    assert api.patch(f"/v1/custom-forms/{diet.id}", change, user=user).status_code == 409


@pytest.mark.parametrize("spellings", [["dietaryNeeds"] * 6, ["dietaryNeeds", "dietary_needs", "dietary-needs"]])
def test_form_asks_for_a_field_once_also_when_all_ask_at_once(committed_app: Service, spellings: list[str]) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "coorganizer")
    bodies = [new_form(event, field_identifier=spelling) for spelling in spellings]
    db.session.commit()
    start = Barrier(len(bodies))

    # Rows belong to this thread's session, so the others are given the token alone.
    headers = {"Authorization": f"JWT {access_token(user)}", "Content-Type": JSON_API}

    def ask(body: Any) -> int:
        client = committed_app.test_client()
        start.wait()
        return client.post("/v1/custom-forms", json=body, headers=headers).status_code

    with ThreadPoolExecutor(len(bodies)) as threads:
        assert sorted(threads.map(ask, bodies)) == [201] + [409] * (len(bodies) - 1)


@pytest.mark.parametrize(
    ("rank", "status"),
    [(None, 401), ("stranger", 404), ("registrar", 404), ("track_organizer", 404), ("coorganizer", 201)],
)
def test_questions_are_made_by_the_team_and_others_are_told_of_no_event(
    api: ApiClient, rank: str | None, status: int
) -> None:
    event = EventFactoryBasic()
    user = UserFactory() if rank == "stranger" else role_of(event, rank) if rank else None
    response = api.post("/v1/custom-forms", new_form(event), user=user)
    assert response.status_code == status
    if status == 404:
        assert response.json["errors"][0]["source"] == {"parameter": "event_id"}


# Reading


def test_questions_are_read_with_the_event(api: ApiClient) -> None:
    shown, hidden = EventFactoryBasic(), EventFactoryBasic(state="draft")
    for event in (shown, hidden):
        form = CustomFormFactory(event=event, form_id="vip", type="select")
        option, translate = CustomFormOptionFactory(custom_form=form), CustomFormTranslateFactory(custom_form=form)
        paths = [
            f"/v1/events/{event.identifier}/custom-forms",
            f"/v1/events/{event.id}/custom-forms/vip",
            f"/v1/custom-forms/{form.id}",
            f"/v1/custom-forms/{form.id}/custom-form-options",
            f"/v1/custom-forms/{form.id}/custom-form-translates",
            f"/v1/custom-form-options/{option.id}",
            f"/v1/custom-form-translates/{translate.id}",
            f"/v1/custom-form-options/{option.id}/custom-form",
        ]
        for path in paths:
            team = api.get(path, user=role_of(event, "moderator")).status_code
            outsiders = {api.get(path).status_code, api.get(path, user=UserFactory()).status_code}
            assert (team, outsiders) == (200, {200 if event is shown else 404}), path


def test_clients_read_a_form_in_one_page(api: ApiClient) -> None:
    event = EventFactoryBasic()
    asked = [CustomFormFactory(event=event) for _ in range(40)]
    CustomFormFactory(event=event, form="session")
    of_vips = CustomFormFactory(event=event, form_id="vip")
    query = {"filter": [{"name": "form", "op": "eq", "val": "attendee"}], "page[size]": "0", "sort": "id"}
    with statements_sent() as sent:
        response = api.get(f"/v1/events/{event.identifier}/custom-forms", query=query)
    expected = [str(each.id) for each in (*asked, of_vips)]
    assert [each["id"] for each in response.json["data"]] == expected
    assert len(sent) <= 6
    listed = api.get(f"/v1/events/{event.id}/custom-forms/vip").json
    assert ([each["id"] for each in listed["data"]], listed["meta"]) == ([str(of_vips.id)], {"count": 1})


# Translations


def test_translations_are_written_with_their_question(api: ApiClient) -> None:
    event = EventFactoryBasic()
    user = role_of(event, "coorganizer")
    given = [{"name": "Diät", "language_code": "de"}, {"name": "Régime", "language-code": "fr", "isDeleted": False}]
    made = api.post("/v1/custom-forms", new_form(event, form_id="vip", translations=given), user=user)
    german, french = attributes(made)["translations"]
    assert (german["name"], french["language_code"]) == ("Diät", "fr")
    assert set(db.session.scalars(select(CustomFormTranslate.form_id))) == {"vip"}
    changed = [
        {"id": german["id"], "name": "Ernährung", "language_code": "de"},
        {"id": str(french["id"]), "isDeleted": True},
        {"name": "Dieta", "language_code": "es"},
        {"name": "never", "language_code": "it", "isDeleted": True},
    ]
    path, id_ = made.headers["Location"], made.json["data"]["id"]
    answer = api.patch(path, document("custom-form", id_, translations=changed), user=user)
    found = [(each["name"], each["language_code"]) for each in attributes(answer)["translations"]]
    assert found == [("Ernährung", "de"), ("Dieta", "es")]
    assert attributes(api.get(path))["translations"] == attributes(answer)["translations"]
    again = api.patch(path, document("custom-form", id_, translations=attributes(answer)["translations"]), user=user)
    assert attributes(again)["translations"] == attributes(answer)["translations"]
    assert api.delete(path, user=user).status_code == 200
    assert db.session.scalars(select(CustomFormTranslate)).all() == []


def test_translation_of_another_question_is_not_found(api: ApiClient) -> None:
    own, others = CustomFormFactory(), CustomFormTranslateFactory()
    change = document("custom-form", own.id, translations=[{"id": others.id, "name": "x", "language_code": "de"}])
    refused = api.patch(f"/v1/custom-forms/{own.id}", change, user=role_of(own.event, "coorganizer"))
    assert (refused.status_code, refused.json["errors"][0]["source"]) == (404, {"parameter": "translations"})


def test_question_is_another_version_when_its_translation_changes(api: ApiClient) -> None:
    translate = CustomFormTranslateFactory(name="Diät")
    form, path = translate.custom_form, f"/v1/custom-forms/{translate.custom_form_id}"
    user = role_of(form.event, "coorganizer")
    first = api.get(path)
    assert attributes(first)["translations"] == [{"id": translate.id, "name": "Diät", "language_code": "de"}]
    change = document("custom-form-translate", translate.id, name="Ernährung")
    assert api.patch(f"/v1/custom-form-translates/{translate.id}", change, user=user).status_code == 200
    second = api.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert attributes(second)["translations"][0]["name"] == "Ernährung"
    assert api.delete(f"/v1/custom-form-translates/{translate.id}", user=user).status_code == 200
    assert attributes(api.get(path, headers={"If-None-Match": second.headers["ETag"]}))["translations"] == []


# Options and translations of their own


@pytest.mark.parametrize(("rank", "status"), [(None, 401), ("stranger", 403), ("registrar", 403), ("coorganizer", 201)])
def test_options_and_translations_are_made_by_the_team(api: ApiClient, rank: str | None, status: int) -> None:
    form = CustomFormFactory(type="select")
    user = UserFactory() if rank == "stranger" else role_of(form.event, rank) if rank else None
    option = document("custom-form-option", value="L")
    translate = document("custom-form-translate", name="Größe", language_code="de", form_id="")
    base = f"/v1/custom-forms/{form.id}"
    assert api.post(f"{base}/custom-form-options", option, user=user).status_code == status
    assert api.post(f"{base}/custom-form-translates", translate, user=user).status_code == status
    if status == 201:
        assert [each.value for each in db.session.scalars(select(CustomFormOption))] == ["L"]


def test_address_says_which_question_an_option_is_of(api: ApiClient) -> None:
    form, other = CustomFormFactory(type="select"), CustomFormFactory(type="select")
    user = role_of(form.event, "coorganizer")
    body = document("custom-form-option", relationships={"custom_form": linkage("custom_form", other)}, value="L")
    made = api.post(f"/v1/custom-forms/{form.id}/custom-form-options", body, user=user)
    assert made.status_code == 201
    assert db.session.get_one(CustomFormOption, int(made.json["data"]["id"])).custom_form_id == form.id
    unknown = api.post(
        "/v1/custom-forms/4711/custom-form-options", document("custom-form-option", value="L"), user=user
    )
    assert (unknown.status_code, unknown.json["errors"][0]["source"]) == (404, {"parameter": "custom_form_id"})
    for body, status in (({"data": {"type": "custom-form-option", "relationships": [1]}}, 400), ([], 400), (None, 400)):
        assert api.post(f"/v1/custom-forms/{form.id}/custom-form-options", body, user=user).status_code == status
    translate = document(
        "custom-form-translate",
        relationships={"custom-form": linkage("custom-form", form)},
        name="G",
        language_code="de",
        form_id="",
    )
    assert api.post("/v1/custom-form-translates", translate, user=user).status_code == 201
    outsider = role_of(other.event, "coorganizer")
    assert api.post("/v1/custom-form-translates", translate, user=outsider).status_code == 403


def test_option_is_deleted_softly_and_restored_by_staff(api: ApiClient) -> None:
    option = CustomFormOptionFactory()
    path, user = f"/v1/custom-form-options/{option.id}", role_of(option.custom_form.event, "coorganizer")
    assert api.patch(path, document("custom-form-option", option.id, value="  "), user=user).status_code == 422
    assert api.patch(path, document("custom-form-option", option.id, value="XL"), user=user).status_code == 200
    assert api.delete(path, user=user).status_code == 200
    assert api.get(path, user=user).status_code == 404
    assert db.session.get_one(CustomFormOption, option.id).deleted_at is not None
    restored = api.patch(
        f"{path}?get_trashed=true", document("custom-form-option", option.id, deleted_at=None), user=AdminFactory()
    )
    assert restored.status_code == 200
    assert attributes(api.get(path))["value"] == "XL"
