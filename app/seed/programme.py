"""The demo programme: who speaks about what, where and when, on two days in three tracks."""

from __future__ import annotations

from app.jsonapi import Given

# Rooms by the track that is at home in them.
TRACKS: dict[str, Given] = {
    "Systems": {"color": "#1f7a8c", "description": "What runs below, and what to do when it does not."},
    "Web": {"color": "#e07a5f", "description": "From the browser to the wire."},
    "Community": {"color": "#6a994e", "description": "How people work on one thing together."},
}
ROOMS: dict[str, Given] = {
    "Kesselhaus": {"floor": 0, "position": 1, "latitude": 52.5391, "longitude": 13.4128},
    "Maschinenhaus": {"floor": 0, "position": 2, "latitude": 52.5389, "longitude": 13.4133},
    "Palais": {"floor": 1, "position": 3, "latitude": 52.5387, "longitude": 13.4139},
}
HOME = dict(zip(TRACKS, ROOMS, strict=True))
TYPES = {"Keynote": "00:45", "Talk": "00:40", "Workshop": "01:30"}

# Name, organisation, country and what they do; the first two are featured.
SPEAKERS: tuple[tuple[str, str, str, str], ...] = (
    ("Amara Nwosu", "Riverbed Collective", "NG", "maintains a package archive that feeds half a continent."),
    ("Jonas Lindqvist", "Nordlys Labs", "SE", "has kept one database running since 2003."),
    ("Mei Tanaka", "Harbour Robotics", "JP", "writes firmware by day and its manual by night."),
    ("Carlos Vega", "Taller Abierto", "MX", "teaches web development in public libraries."),
    ("Priya Raman", "Monsoon Data", "IN", "draws maps from open data."),
    ("Tomasz Zielinski", "Brama", "PL", "mends build systems that others gave up on."),
    ("Leila Haddad", "Cedar Hosting", "LB", "runs servers where electricity is not to be relied on."),
    ("Ewan Fraser", "Glen Software", "GB", "counts the costs of abstractions."),
    ("Sofia Rossi", "Bottega Web", "IT", "makes forms that everybody can fill in."),
    ("Noah Weiss", "Kiezcloud", "DE", "organizes meet-ups and cleans up after them."),
    ("Ingrid Solberg", "Fjord Maps", "NO", "looks after accessibility in public services."),
    ("Kwame Mensah", "Accra Makers", "GH", "builds tools for translators."),
)

# Track, title, speakers, type, level and what it is about, in the order of the day; a track's sessions follow one
# another in its room. The keynotes stand alone at the beginning of their day.
Talk = tuple[str, str, tuple[str, ...], str, str, str]
DAYS: tuple[tuple[Talk, ...], ...] = (
    (
        ("Community", "Nobody asked for it, everybody needs it", ("Amara Nwosu",), "Keynote", "Beginner",
         "On looking after things that only get noticed when they break."),
        ("Systems", "Twenty years of one database", ("Jonas Lindqvist",), "Talk", "Intermediate",
         "Upgrades, outages, and the three decisions that mattered."),
        ("Web", "Forms are the web", ("Sofia Rossi",), "Talk", "Beginner",
         "What browsers do for you before the first line of JavaScript."),
        ("Community", "A release every Tuesday", ("Tomasz Zielinski", "Noah Weiss"), "Talk", "Intermediate",
         "How a small project stopped being afraid of shipping."),
        ("Systems", "Servers without a grid", ("Leila Haddad",), "Talk", "Advanced",
         "Batteries, patience, and software that expects the worst."),
        ("Web", "A map without a vendor", ("Priya Raman",), "Talk", "Beginner",
         "From open data to tiles, on one afternoon's worth of hardware."),
        ("Community", "Translating as if it mattered", ("Kwame Mensah",), "Talk", "Beginner",
         "Why strings need context, and who can give it."),
        ("Systems", "Firmware you can read", ("Mei Tanaka",), "Workshop", "Advanced",
         "Bring a board, leave with a bootloader you understand."),
        ("Web", "Testing with a keyboard", ("Ingrid Solberg",), "Workshop", "Intermediate",
         "Put the mouse away and find out who cannot use your site."),
        ("Community", "The first contribution", ("Noah Weiss", "Carlos Vega"), "Workshop", "Beginner",
         "From a clone to a merged change, with mentors at every table."),
    ),
    (
        ("Systems", "What we measured and what we learned", ("Ewan Fraser",), "Keynote", "Intermediate",
         "Numbers are easy to come by; knowing what they say is not."),
        ("Systems", "Reproducible, at last", ("Tomasz Zielinski",), "Talk", "Advanced",
         "The same bits twice, and the long tail of reasons why not."),
        ("Web", "Teaching the web in libraries", ("Carlos Vega",), "Talk", "Beginner",
         "Forty computers, no accounts, and people of every age."),
        ("Community", "Burning out slowly", ("Amara Nwosu",), "Talk", "Beginner",
         "Signs, handovers, and how to say no to an issue."),
        ("Systems", "Queues inside the database", ("Jonas Lindqvist",), "Talk", "Intermediate",
         "One system less to look after, and where that ends."),
        ("Web", "Pages for slow connections", ("Leila Haddad", "Sofia Rossi"), "Talk", "Intermediate",
         "Two seconds, two hundred kilobytes, everywhere."),
        ("Community", "Money for maintenance", ("Kwame Mensah", "Priya Raman"), "Talk", "Beginner",
         "Grants, invoices, and what they do to a project."),
        ("Systems", "Read a flame graph", ("Ewan Fraser",), "Workshop", "Intermediate",
         "Profiles of programs you know, read together."),
        ("Web", "Draw your neighbourhood", ("Priya Raman",), "Workshop", "Beginner",
         "A walk, a data set, and a map by the end of it."),
        ("Community", "Meeting without a stage", ("Noah Weiss", "Ingrid Solberg"), "Workshop", "Beginner",
         "Formats in which everybody speaks."),
    ),
)  # fmt: skip
# What the demo buyer has proposed, and nobody has decided about yet.
PROPOSAL: Given = {
    "title": "What buyers never tell you",
    "short_abstract": "Notes from the other side of a ticket shop.",
    "level": "Beginner",
    "language": "English",
}
