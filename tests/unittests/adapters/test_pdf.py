"""PDF pages: every script the machine has fonts for, a visible sign for the rest, and nothing read from outside."""

from __future__ import annotations

import logging
import threading
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from jinja2 import UndefinedError
from PIL import Image
from pypdf import PdfReader

from app.adapters.pdf import qr_png_data_uri, render_pdf
from app.adapters.pdf.fonts import ready_fonts

TICKET = """{% extends "pdf/base.html" %}
{% block title %}Ticket of {{ name }}{% endblock %}
{% block content %}
<h1>{{ name }}</h1>
<table><tr><td>{{ name }}</td><td><img src="{{ qr(code) }}" style="width: 30mm"></td></tr></table>
{% endblock %}"""
NAMES = {
    "Latin": "Zoë Łukaszewicz Đặng",
    "Greek": "Αλέξανδρος Παπαδόπουλος",
    "Cyrillic": "Владимир Їжак",
    "Arabic": "محمد عبد الله",
    "Hebrew": "אברהם כהן",
    "Devanagari": "प्रिया शर्मा",
    "Chinese": "王小明 龙國",
    "Japanese": "さくら サクラ 東京",
    "Korean": "김철수",
}


@pytest.fixture(autouse=True)
def _ticket(plain_app: Flask, templates: dict[str, str]) -> None:
    templates["pdf/ticket.html"] = TICKET


def page_of(name: str) -> Any:
    """The only page of a ticket."""
    (page,) = PdfReader(BytesIO(render_pdf("ticket.html", {"name": name, "code": "ABC"}))).pages
    return page


def embedded(page: Any) -> dict[str, bool]:
    """The fonts a page names, and whether the document brings them along; Helvetica is named always, unused."""
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    described = {font["/BaseFont"]: font.get("/FontDescriptor", {}) for font in fonts}
    return {name: "/FontFile2" in described[name] for name in described if name != "/Helvetica"}


def letters(text: str) -> list[str]:
    """What is written, whatever the direction it is drawn in and the forms its letters take."""
    return sorted(char for char in unicodedata.normalize("NFKC", text) if not char.isspace())


@pytest.mark.parametrize("script", NAMES)
def test_name_is_drawn_in_embedded_fonts_or_its_lack_is_visible(script: str) -> None:
    name = unicodedata.normalize("NFC", NAMES[script])
    drawn = ready_fonts(current_app.config["FONT_DIRS"]).drawn
    missing = {char for char in name if ord(char) not in drawn and not char.isspace()}
    page = page_of(name)
    text = page.extract_text()
    if missing:
        assert any(sign in text for sign in "\ufffd□?")
    else:
        assert letters(text) == letters(name * 2)
    assert embedded(page)
    assert all(embedded(page).values())


def test_title_and_language_of_the_document_are_set() -> None:
    reader = PdfReader(BytesIO(render_pdf("ticket.html", {"name": "Zoë & Łukasz", "code": "A"})))
    assert reader.metadata is not None
    assert reader.metadata.title == "Ticket of Zoë & Łukasz"
    assert str(reader.root_object["/Lang"]) == "en"


def test_hebrew_name_stands_in_its_own_direction_within_a_line_from_left_to_right() -> None:
    # The reader takes what is drawn from right to left back into the order of reading, but for spaces.
    first_line = page_of("Guest אברהם VIP 12").extract_text().splitlines()[0]
    assert first_line.replace(" ", "") == "GuestאברהםVIP12"


def test_missing_character_is_logged_once_and_named(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    for _ in range(2):
        text = page_of("Old \U00012000 name").extract_text()
    assert any(sign in text for sign in "\ufffd□?")
    assert [record.getMessage() for record in caplog.records if "12000" in record.getMessage()] == [
        "PDFs: no font draws U+12000 (CUNEIFORM SIGN A); see FONT_DIRS"
    ]
    assert not [record for record in caplog.records if "name" in record.getMessage()]


def test_invisible_characters_leave_no_sign() -> None:
    text = page_of("A\u200d\ufe0f\u2066B\u2069\U000e0100").extract_text()
    assert letters("".join(char for char in text if unicodedata.category(char) not in {"Cf", "Mn"})) == letters("ABAB")


def test_accents_typed_as_separate_marks_become_letters() -> None:
    assert letters(page_of("Zoe\u0308").extract_text()) == letters("ZoëZoë")


def test_mark_at_the_beginning_of_a_value_does_not_break_the_page() -> None:
    page = page_of("\u0338Zoe\u0308")
    assert "Zoë" in page.extract_text()
    assert len(page.images) == 1


def test_markup_in_values_is_text() -> None:
    page = page_of("<b>Bo</b> & <img src='x.png'>")
    assert "<b>Bo</b> & <img src='x.png'>" in page.extract_text().replace("\n", " ")
    assert len(page.images) == 1


def test_qr_code_is_on_the_page_and_says_what_it_was_given() -> None:
    (image,) = page_of("A").images
    assert image.image is not None
    assert image.image.size[0] == image.image.size[1] >= 100
    assert qr_png_data_uri("ABC") != qr_png_data_uri("ABD")


def test_value_a_template_names_must_be_there() -> None:
    with pytest.raises(UndefinedError, match="code"):
        render_pdf("ticket.html", {"name": "A"})


class Counting(BaseHTTPRequestHandler):
    """Notes every request."""

    asked: list[str] = []

    def do_GET(self) -> None:
        """Answer with nothing."""
        self.asked.append(self.path)
        self.send_error(404)


@pytest.fixture
def stranger() -> Iterator[str]:
    """The address of a server pages must not ask."""
    server = HTTPServer(("127.0.0.1", 0), Counting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_page_fetches_nothing_and_reads_no_file_outside_the_templates(
    templates: dict[str, str], tmp_path: Path, stranger: str
) -> None:
    picture = tmp_path / "picture.png"
    Image.new("RGB", (10, 10), "red").save(picture)
    sources = [f"{stranger}/a.png", str(picture), picture.as_uri(), "/etc/passwd", "../../config.py"]
    templates["pdf/curious.html"] = (
        '{% extends "pdf/base.html" %}{% block title %}T{% endblock %}'
        "{% block style %}@font-face { font-family: x; src: url({{ stranger }}/x.ttf); }"
        "@import url({{ stranger }}/x.css); body { background-image: url({{ stranger }}/b.png); }{% endblock %}"
        "{% block content %}kept{% for one in sources %}<img src='{{ one }}'>{% endfor %}"
        "<link rel='stylesheet' href='{{ stranger }}/y.css'>{% endblock %}"
    )
    reader = PdfReader(BytesIO(render_pdf("curious.html", {"stranger": stranger, "sources": sources})))
    assert "kept" in reader.pages[0].extract_text()
    assert [len(page.images) for page in reader.pages] == [0]
    assert Counting.asked == []


def test_threads_render_their_own_pages(plain_app: Flask) -> None:
    def rendered(number: int) -> str:
        with plain_app.app_context():
            return str(page_of(f"Guest {number}").extract_text())

    with ThreadPoolExecutor(4) as pool:
        texts = list(pool.map(rendered, range(12)))
    assert [text.split("\n")[0] for text in texts] == [f"Guest {number}" for number in range(12)]
