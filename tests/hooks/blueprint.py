"""The API Blueprint pages: merged into the one file Dredd reads, and read for what they document.

`python -m tests.hooks.blueprint` writes `.build/api.apib`. The reader knows the part of API Blueprint
the pages are written in (docs/api/README.md) and refuses the rest, above all what Dredd would pass
over in silence: a second answer to one request, or a URI whose parameters have no example.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from app import DOMAINS
from tests.hooks.expansion import expand

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "api" / "blueprint"
MERGED = ROOT / ".build" / "api.apib"

_HEADING = re.compile(r"^(?P<marks>#{1,6})\s+(?P<title>.*?)\s*(?:\[(?P<target>[^\]]*)\])?\s*$")
_SECTION = re.compile(r"^\+ (?P<kind>Parameters|Model|Request|Response)\b(?P<label>[^(]*)(?:\((?P<media>[^)]*)\))?\s*$")
_NESTED = re.compile(r"^ {4}\+ (?P<kind>Headers|Body)\s*$")
_PARAMETER = re.compile(r"^ {4}\+ (?P<name>[^:\s]+)(?:: (?P<example>`[^`]*`|[^`(]*?))?\s*(?:\(.*\))?(?:\s+-\s.*)?$")
_REFERENCE = re.compile(r"^\s+\[(?P<model>[^\]]+)\]\[\]\s*$")
_EXPRESSION = re.compile(r"\{(?P<query>\?)?(?P<names>[^}]+)\}")


class BlueprintError(Exception):
    """A page is written in a way Dredd would misread or pass over; the message names file and line."""


@dataclass
class Message:
    """One side of a documented exchange. `model` names the resource whose Model stands for the body."""

    media_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    model: str = ""


@dataclass
class Transaction:
    """One documented exchange, named exactly as Dredd names it; `line` counts from 1 in its source."""

    name: str
    resource: str
    method: str
    template: str
    path: str
    request: Message
    status: int
    response: Message
    source: str
    line: int

    @property
    def route(self) -> tuple[str, str]:
        """Method and path with the names of its variables left out, comparable with a route's."""
        return self.method, normalised(self.template)


@dataclass
class _Section:
    """A `+ Request`, `+ Response`, `+ Model` or `+ Parameters` with the lines under it."""

    kind: str
    label: str
    media: str
    line: int
    lines: list[str] = field(default_factory=list)


@dataclass
class _Heading:
    """A group, resource or action with its sections. `target` is what stands in brackets."""

    level: int
    title: str
    target: str
    line: int
    sections: list[_Section] = field(default_factory=list)


def normalised(template: str) -> str:
    """A URI template without its query and without the names of its variables: `/v1/faqs/{}`."""
    return re.sub(r"\{[^}?]+\}", "{}", re.sub(r"\{\?[^}]*\}", "", template))


def pages(folder: Path = PAGES) -> list[Path]:
    """The pages in the order of their domains and names; raises BlueprintError for a folder that is no domain."""
    found = list(folder.glob("*/*.apib"))
    for page in found:
        if page.parent.name not in DOMAINS:
            raise BlueprintError(f"{page}: {page.parent.name} is no domain of the service.")
    return sorted(found, key=lambda page: (DOMAINS.index(page.parent.name), page.name))


def page_text(page: Path) -> str:
    """The page as it is merged, its tables of relationships expanded."""
    return expand(page.read_text(), page.parents[1])


def texts(folder: Path = PAGES) -> dict[str, str]:
    """What is merged of each page, by the page's path below `folder`."""
    return {str(page.relative_to(folder)): page_text(page) for page in pages(folder)}


def merge(folder: Path = PAGES, target: Path = MERGED) -> Path:
    """Write head and pages as one API Blueprint; returns its path."""
    parts = [(folder / "_head.apib").read_text(), *texts(folder).values()]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join(part.strip() + "\n" for part in parts))
    return target


def documented(folder: Path = PAGES) -> list[Transaction]:
    """Every transaction of every page, in the order Dredd runs them."""
    return [each for source, text in texts(folder).items() for each in read(text, source)]


def models(texts: Mapping[str, str]) -> dict[str, Message]:
    """The Model of each resource that has one, by the resource's name; `texts` are pages by their names."""
    found: dict[str, Message] = {}
    for source, text in texts.items():
        for heading in _headings(text, source):
            for section in heading.sections:
                if section.kind == "Model":
                    found[heading.title] = _message(section)
    return found


def read(text: str, source: str) -> list[Transaction]:
    """The transactions of one page's text; raises BlueprintError for what Dredd would pass over."""
    found: list[Transaction] = []
    group: _Heading | None = None
    resource: _Heading | None = None
    for heading in _headings(text, source):
        if heading.level == 1:
            group, resource = heading, None
        elif heading.level == 2:
            resource = heading
        elif group is None or resource is None:
            raise BlueprintError(f"{source}:{heading.line}: an action needs a group and a resource above it.")
        else:
            found += _action(group, resource, heading, source)
    return found


def _headings(text: str, source: str) -> Iterator[_Heading]:
    """Each heading that matters, with its sections read."""
    heading: _Heading | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        started = _heading(line, number, source)
        if started:
            if heading:
                yield heading
            heading = started
        elif heading:
            _add_line(heading, line, number)
    if heading:
        yield heading


def _heading(line: str, number: int, source: str) -> _Heading | None:
    match = _HEADING.match(line)
    if not match:
        return None
    level, title, target = len(match["marks"]), match["title"], match["target"] or ""
    if level == 1 and title.startswith("Group "):
        return _Heading(1, title.removeprefix("Group ").strip(), "", number)
    if (level == 2 and target.startswith("/")) or (level == 3 and re.match(r"[A-Z]+(?: /\S*)?$", target)):
        return _Heading(level, title, target, number)
    raise BlueprintError(
        f"{source}:{number}: “{line.strip()}” is no group, resource with a URI, or action with a method."
    )


def _add_line(heading: _Heading, line: str, number: int) -> None:
    match = _SECTION.match(line)
    if match:
        heading.sections.append(_Section(match["kind"], match["label"].strip(), match["media"] or "", number))
    elif heading.sections:
        heading.sections[-1].lines.append(line)


def _action(group: _Heading, resource: _Heading, action: _Heading, source: str) -> Iterator[Transaction]:
    method, _, uri = action.target.partition(" ")
    template = uri or resource.target
    path = _path(template, [*resource.sections, *action.sections], f"{source}:{action.line}")
    exchanges = list(_exchanges(action, source))
    for number, (request, response) in enumerate(exchanges, start=1):
        names = [group.title, resource.title, action.title]
        yield Transaction(
            name=" > ".join([*names, f"Example {number}"] if len(exchanges) > 1 else names),
            resource=" > ".join(names[:2]),
            method=method,
            template=template,
            path=path,
            request=_message(request) if request else Message(),
            status=int(response.label or 200),
            response=_message(response),
            source=source,
            line=response.line,
        )


def _exchanges(action: _Heading, source: str) -> Iterator[tuple[_Section | None, _Section]]:
    """Requests with their answers. Dredd runs the first pair of an example only, so each must be one pair."""
    request: _Section | None = None
    answered = False
    for section in action.sections:
        where = f"{source}:{section.line}"
        if section.kind == "Request":
            if request:
                raise BlueprintError(f"{where}: the request before this one has no answer.")
            request = section
        elif section.kind == "Response":
            if section.media and _message(section).model:
                raise BlueprintError(
                    f"{where}: an answer that refers to a Model has the Model's media type, not its own."
                )
            if request is None and answered:
                raise BlueprintError(f"{where}: a further answer needs a request of its own, or Dredd passes it over.")
            yield request, section
            request, answered = None, True
    if request or not answered:
        raise BlueprintError(f"{source}:{action.line}: “{action.title}” documents no answer.")


def _path(template: str, sections: Sequence[_Section], where: str) -> str:
    """The path Dredd asks for: the template with the parameters' examples filled in."""
    examples = _examples(sections)

    def filled(match: re.Match[str]) -> str:
        names = [name.strip() for name in match["names"].split(",")]
        missing = [name for name in names if name not in examples or (not match["query"] and not examples[name])]
        if missing:
            raise BlueprintError(f"{where}: parameter {missing[0]} of {template} has no example.")
        if not match["query"]:
            return ",".join(examples[name] for name in names)
        given = "&".join(f"{name}={examples[name]}" for name in names if examples[name])
        return f"?{given}" if given else ""

    return _EXPRESSION.sub(filled, template)


def _examples(sections: Sequence[_Section]) -> dict[str, str]:
    """Example values by parameter; empty for those that are only described."""
    found: dict[str, str] = {}
    for section in sections:
        if section.kind == "Parameters":
            for line in section.lines:
                match = _PARAMETER.match(line)
                if match:
                    found[match["name"]] = (match["example"] or "").strip("` ")
    return found


def _message(section: _Section) -> Message:
    message = Message(media_type=section.media)
    inside = "Body"
    body: list[str] = []
    for line in section.lines:
        nested, reference = _NESTED.match(line), _REFERENCE.match(line)
        if nested:
            inside = nested["kind"]
        elif reference:
            message.model = reference["model"]
        elif inside == "Body" and (line.startswith(" " * 8) or not line.strip()):
            body.append(line)
        elif inside == "Headers" and ":" in line:
            name, _, value = line.partition(":")
            message.headers[name.strip()] = value.strip()
    message.body = dedent("\n".join(body)).strip()
    return message


if __name__ == "__main__":
    print(merge())
