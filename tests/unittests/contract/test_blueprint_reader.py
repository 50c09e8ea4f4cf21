"""The reader of API pages: transactions named as Dredd names them, and a refusal of what Dredd passes over."""

from __future__ import annotations

from textwrap import dedent

import pytest

from tests.hooks.blueprint import BlueprintError, Transaction, models, read

PAGE = """
    # Group FAQs

    What visitors ask.

    ## FAQ Collection [/v1/faqs{?sort,filter}]

    + Parameters
        + sort: `-id` (string, optional) - attributes to sort by
        + filter (string, optional)

    ### List FAQs [GET]

    + Response 200

        [FAQ Collection][]

    ### Create FAQ [POST]

    + Request (application/vnd.api+json)
        + Headers

                Authorization: JWT <token>

        + Body

                {"data": {"type": "faq"}}

    + Response 201 (application/vnd.api+json)
        + Headers

                Location: /v1/faqs/1

        + Body

                {"data": {"type": "faq", "id": "1"}}

    + Request without a body

    + Response 400 (application/vnd.api+json)

            {"errors": []}

    ## FAQ Detail [/v1/faqs/{id}]

    + Parameters
        + id: 7 (string, required) - of the FAQ

    + Model (application/vnd.api+json)

            {"data": {}}

    ### Delete FAQ [DELETE /v1/faqs/{id}/now]

    + Response 200
"""


def transactions(page: str = PAGE) -> list[Transaction]:
    return read(dedent(page), "page")


def refused(actions: str) -> str:
    """The complaint about a page whose one resource has these actions."""
    with pytest.raises(BlueprintError) as caught:
        read(f"# Group G\n## R [/v1/r/{{id}}]\n{dedent(actions)}", "events/r.apib")
    return str(caught.value)


def test_names_are_made_of_group_resource_and_action() -> None:
    assert transactions()[0].name == "FAQs > FAQ Collection > List FAQs"


def test_examples_of_one_action_are_numbered() -> None:
    names = [each.name for each in transactions()[1:3]]
    assert names == [
        "FAQs > FAQ Collection > Create FAQ > Example 1",
        "FAQs > FAQ Collection > Create FAQ > Example 2",
    ]


def test_examples_of_parameters_are_put_into_the_path() -> None:
    assert [each.path for each in transactions()] == [
        "/v1/faqs?sort=-id", "/v1/faqs?sort=-id", "/v1/faqs?sort=-id", "/v1/faqs/7/now",
    ]  # fmt: skip


def test_route_leaves_out_query_and_names_of_variables() -> None:
    assert [each.route for each in transactions()][0::3] == [("GET", "/v1/faqs"), ("DELETE", "/v1/faqs/{}/now")]


def test_headers_and_body_of_a_message_are_told_apart() -> None:
    created = transactions()[1]
    assert created.request.headers == {"Authorization": "JWT <token>"}
    assert created.request.body == '{"data": {"type": "faq"}}'
    assert created.response.headers == {"Location": "/v1/faqs/1"}
    assert created.status == 201


def test_answer_can_be_the_model_of_a_resource() -> None:
    assert transactions()[0].response.model == "FAQ Collection"
    assert models({"page": dedent(PAGE)})["FAQ Detail"].body == '{"data": {}}'


def test_second_answer_to_one_request_is_refused() -> None:
    assert "a further answer needs a request of its own" in refused(
        "+ Parameters\n    + id: 1\n### Get [GET]\n+ Response 200\n+ Response 404\n"
    )


def test_answer_with_a_model_and_a_media_type_is_refused() -> None:
    # Dredd would leave out the answer's headers, its media type among them.
    assert "has the Model's media type" in refused(
        "+ Parameters\n    + id: 1\n### Get [GET]\n+ Response 200 (text/plain)\n\n    [R][]\n"
    )


def test_request_without_answer_is_refused() -> None:
    assert "documents no answer" in refused("+ Parameters\n    + id: 1\n### Get [GET]\n+ Request\n")


def test_two_requests_before_an_answer_are_refused() -> None:
    assert "has no answer" in refused(
        "+ Parameters\n    + id: 1\n### Get [GET]\n+ Request\n+ Request\n+ Response 200\n"
    )


def test_parameter_without_example_is_refused() -> None:
    assert "events/r.apib:3: parameter id of /v1/r/{id} has no example" in refused("### Get [GET]\n+ Response 200\n")


@pytest.mark.parametrize("heading", ["## Words", "# Words", "### Get", "#### Deeper", "## R [GET /v1/r]"])
def test_heading_that_names_nothing_is_refused(heading: str) -> None:
    assert f"“{heading}” is no group, resource" in refused(heading)
