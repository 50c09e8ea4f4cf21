"""The fixed fields: what attendees, sessions and speakers have attributes of their own for, and how they are called.

Forms name them as the client does, in camel case; the attribute behind a field is its name in snake case.
"""

from __future__ import annotations

import re

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-_\s]+")

FIXED: dict[str, tuple[str, ...]] = {
    "attendee": (
        "firstname", "lastname", "email", "address", "city", "state", "country", "jobTitle", "phone",
        "taxBusinessInfo", "billingAddress", "homeAddress", "shippingAddress", "company", "workAddress", "workPhone",
        "website", "blog", "twitter", "facebook", "github", "linkedin", "instagram", "gender", "ageGroup",
        "acceptVideoRecording", "acceptShareDetails", "acceptReceiveEmails", "is_consent_form_field",
        "is_consent_form_field_photo", "is_consent_form_field_email", "is_consent_of_refund_policy",
        "native_language", "fluent_language", "home_wiki", "wiki_scholarship",
    ),
    "session": (
        "title", "subtitle", "shortAbstract", "longAbstract", "comments", "track", "sessionType", "level", "language",
        "slidesUrl", "slides", "videoUrl", "audioUrl", "website", "facebook", "twitter", "github", "linkedin",
        "instagram", "gitlab", "mastodon",
    ),
    "speaker": (
        "name", "email", "photoUrl", "organisation", "position", "address", "country", "city", "longBiography",
        "shortBiography", "speakingExperience", "sponsorshipRequired", "gender", "heardFrom", "mobile", "website",
        "facebook", "twitter", "github", "linkedin", "instagram", "mastodon",
    ),
}  # fmt: skip
# Where the words of the identifier are not what people call the field.
_LABELS = {
    "firstname": "First Name",
    "lastname": "Last Name",
    "github": "GitHub",
    "gitlab": "GitLab",
    "linkedin": "LinkedIn",
    "photoUrl": "Photo",
    "slidesUrl": "Slides",
    "videoUrl": "Video",
    "audioUrl": "Audio",
    "acceptVideoRecording": "Photo & Video Consent",
    "acceptShareDetails": "Partner Contact Consent",
    "acceptReceiveEmails": "Email Consent",
    "is_consent_form_field": "Consent",
    "is_consent_form_field_photo": "Photo Consent",
    "is_consent_form_field_email": "Email Consent of Attendee",
    "is_consent_of_refund_policy": "Consent of Refund Policy",
}
# Links to other rows: the form may show them, and what they lead to is no answer.
RELATIONSHIPS = frozenset({"track", "sessionType"})
# Boxes to tick: one that is left blank consents to nothing.
CONSENTS = frozenset(name for name in FIXED["attendee"] if name.startswith("is_consent"))


def snake_case(identifier: str) -> str:
    """The identifier as attributes and the keys of answers are written: `jobTitle` is `job_title`."""
    return "_".join(word.lower() for word in _WORDS.split(identifier) if word)


_SPELLINGS = {form: {snake_case(name): name for name in names} for form, names in FIXED.items()}


def fixed_field(form: str, identifier: str) -> str | None:
    """The fixed field that this identifier means, however it is spelled; None for a question of the organizer's own."""
    return _SPELLINGS[form].get(snake_case(identifier))


def label_of(field: str) -> str:
    """What a fixed field is called."""
    return _LABELS.get(field) or " ".join(word.capitalize() for word in snake_case(field).split("_"))
