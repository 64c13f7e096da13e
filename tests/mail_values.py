"""Readers, facts and letters for the tests of the mail."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from culture.catalogue import Prompt, PromptText
from culture.organisation import PolicyText
from culture.people import Language
from culture.workdays import Week
from mailer.letter import InviteFacts, Letter, Links, Reader, Sender, TipFacts, WelcomeFacts
from tests.culture_values import person
from tests.culture_values import prompt as numbered

MONDAY = date(2026, 11, 30)
WORKDAYS = frozenset(range(1, 6))
LINKS = Links(
    page="https://aitid.x.example/me/page-token",
    feed="https://aitid.x.example/feed/feed-token.ics",
    stop="https://aitid.x.example/stop/stop-token",
    one_click="https://aitid.x.example/stop/stop-token",
)
NO_LINKS = Links(page="", feed="", stop="", one_click="")
POLICY = {
    "da": PolicyText(tools="Den på intranettet.", data="Kun offentlige tekster.", responsible="Det har du."),
    "en": PolicyText(tools="The one on the intranet.", data="Public texts only.", responsible="You are."),
}
SENDER = Sender(name="AI-tid", address="ai-tid@x.example", reply_to="mette@x.example", domain="x.example")


def reader(language: Language = "da", links: Links = LINKS, **changes: Any) -> Reader:
    return Reader(
        person=person(language=language, **{"name": "Anna Holm", **changes}),
        organisation_name="Styrelsen",
        contact_name="Mette Lund",
        contact_email="mette@x.example",
        policy=POLICY[language],
        links=links,
    )


def prompt(number: int, **changes: str) -> Prompt:
    """A prompt whose every field can be found again, in both languages."""

    def text(language: Language) -> PromptText:
        values = {
            "title": f"Titel {number} {language}",
            "prompt": f"Spørg om {number} {language}\n\n[indsæt {number}]\n",
            "look_for": f"Kig efter {number} {language}.",
            "data": f"Kun åbne tekster {number} {language}.",
        }
        return PromptText(**{**values, **changes})

    return replace(numbered(number), da=text("da"), en=text("en"))


def tip(count: int = 5, **changes: str) -> TipFacts:
    days = tuple((MONDAY + timedelta(days=n), prompt(n + 1, **changes)) for n in range(count))
    return TipFacts(week=Week(2026, 49), days=days, start=time(12, 15), minutes=10)


def welcome(**changes: Any) -> WelcomeFacts:
    values = {"start": time(12, 15), "minutes": 10, "title": "AI-tid", "weekdays": WORKDAYS, "channel": "feed"}
    return WelcomeFacts(**{**values, **changes})


def invite(change: str = "create", **changes: Any) -> InviteFacts:
    values = {"title": "AI-tid", "start": time(12, 15), "minutes": 10, "weekdays": WORKDAYS, "first": MONDAY}
    return InviteFacts(**{"change": change, **values, **changes})


def letter(**changes: Any) -> Letter:
    values: dict[str, Any] = {
        "key": "tip/2026-W49/7",
        "person_id": "7",
        "name": "Anna Holm",
        "address": "anna@x.example",
        "language": "da",
        "notices": ("tip/2026-W49/7",),
        "subject": "Spørg en kritisk ven",
        "text": "Hej\n\nÆblegrød på fredag.\n",
        "html": "<!doctype html><p>Æblegrød på fredag.</p>\n",
        "unsubscribe": None,
        "unsubscribe_mailto": None,
        "calendar": None,
        "date": datetime(2026, 11, 30, 6, 0, tzinfo=UTC),
    }
    return Letter(**{**values, **changes})
