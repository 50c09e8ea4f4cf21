"""Turning templates into PDF."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import current_app
from xhtml2pdf import pisa
from xhtml2pdf.config.resources import ResourceAccessPolicy

from app.adapters.pdf.fonts import ready_fonts
from app.adapters.pdf.legibility import legible
from app.adapters.pdf.qr import qr_png_data_uri
from app.adapters.templates import FOLDER, environment

# It would log every missing character of every document, with the paragraph around it; `legible` does that better.
logging.getLogger("xhtml2pdf.context").setLevel(logging.ERROR)

# Pages are made of the template and `data:` addresses in it. Nothing is fetched, and no file outside the templates
# is read, whatever a value slips into the HTML. The longest, a summary of a thousand attendees, takes half a minute.
_POLICY = ResourceAccessPolicy.server(FOLDER / "pdf", allow_remote=False, max_render_seconds=180)


class PdfError(Exception):
    """The template could not be turned into a PDF."""


def render_pdf(template: str, context: Mapping[str, Any]) -> bytes:
    """The PDF of `app/templates/pdf/<template>`, such as `orders/ticket.html`.

    The template extends `pdf/base.html` and may call `qr(text)` for the address of a QR code. Values may be in any
    script; a character no font of the machine draws is shown as a box and logged. The library renders one document
    of a process at a time. Raises jinja2.UndefinedError for a missing value, PdfError for what cannot be rendered.
    """
    fonts = ready_fonts(current_app.config["FONT_DIRS"])
    variables = {**context, "qr": qr_png_data_uri, "font_families": fonts.families}
    html = legible(environment().get_template(f"pdf/{template}").render(variables), fonts.drawn)
    output = BytesIO()
    result = pisa.CreatePDF(html, dest=output, encoding="utf-8", resource_policy=_POLICY)
    if result.err:
        raise PdfError(f"{template}: {result.log}")
    return output.getvalue()
