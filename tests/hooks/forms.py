"""What must exist before the documented requests about what events ask."""

from __future__ import annotations

from typing import Any

from tests.hooks.rows import row
from tests.unittests.factories.events import EventFactoryBasic
from tests.unittests.factories.forms import CustomFormFactory, CustomFormOptionFactory, CustomFormTranslateFactory


def diet_asked() -> Any:
    """Event 1 asks by custom form 1 what its very important guests eat, with option 1 and translation 1."""
    event = EventFactoryBasic(identifier="a1b2c3d4", name="Open Tech Summit")
    form = CustomFormFactory(
        event=event,
        field_identifier="dietaryNeeds",
        name="What do you eat?",
        type="select",
        form_id="vip",
        position=4,
        main_language="en",
    )
    CustomFormOptionFactory(custom_form=form, value="Vegan")
    CustomFormTranslateFactory(custom_form=form, name="Was essen Sie?", form_id="vip")
    return form


def diet_asked_of_all() -> Any:
    """The same question for everybody."""
    form = diet_asked()
    form.form_id = None
    return form


FORM, OPTION, TRANSLATE = "Custom Forms", "Custom Form Options", "Custom Form Translates"
ROWS = {
    f"{FORM} > Custom Form Collection > Create Custom Form > Example 1": row(diet_asked, actor="coorganizer"),
    f"{FORM} > Custom Form Collection > Create Custom Form > Example 2": row(diet_asked_of_all, actor="coorganizer"),
    f"{FORM} > Custom Form Detail": row(diet_asked, actor="coorganizer"),
    f"{FORM} > Custom Form List": row(diet_asked),
    f"{FORM} > Custom Forms by Form Id": row(diet_asked),
    f"{FORM} > Custom Form Detail of a Custom Form Option": row(diet_asked, actor="coorganizer"),
    f"{FORM} > Custom Form Detail of a Custom Form Translate": row(diet_asked, actor="coorganizer"),
    f"{FORM} > Relationship custom-form.event": row(diet_asked, actor="user"),
    f"{FORM} > Relationship custom-form.custom-form-options": row(diet_asked, actor="user"),
    f"{FORM} > Relationship custom-form.custom-form-translates": row(diet_asked, actor="user"),
    f"{OPTION} > Custom Form Option Detail": row(diet_asked, actor="coorganizer"),
    f"{OPTION} > Custom Form Option List": row(diet_asked, actor="coorganizer"),
    f"{OPTION} > Relationship custom-form-option.custom-form": row(diet_asked, actor="user"),
    f"{TRANSLATE} > Custom Form Translate Collection": row(diet_asked, actor="coorganizer"),
    f"{TRANSLATE} > Custom Form Translate Detail": row(diet_asked, actor="coorganizer"),
    f"{TRANSLATE} > Custom Form Translate List": row(diet_asked, actor="coorganizer"),
    f"{TRANSLATE} > Relationship custom-form-translate.custom-form": row(diet_asked, actor="user"),
}
