"""What the documented requests about settings, modules, user permissions and pages need."""

from __future__ import annotations

from typing import Any

from tests.hooks.rows import row
from tests.unittests.factories.site import ModuleFactory, PageFactory


def about_page() -> Any:
    """Page 1, linked in the footer."""
    return PageFactory(name="About", title="About us", url="/about", description="<p>We like to fly.</p>")


ROWS = {
    "Settings > Setting Detail": row(actor="admin"),
    "Settings > Setting Detail by Id": row(actor="admin"),
    "Modules > Module Detail": row(ModuleFactory, actor="admin"),
    "Modules > Module Detail > Update Module > Example 2": row(actor="user"),
    "Modules > Module Detail by Id": row(ModuleFactory, actor="admin"),
    "Modules > Module Detail by Id > Update Module > Example 2": row(actor="user"),
    "User Permissions > User Permission Collection": row(actor="admin"),
    "User Permissions > User Permission Detail": row(actor="admin"),
    "Pages > Page Collection": row(about_page, actor="admin"),
    "Pages > Page Detail": row(about_page, actor="admin"),
}
