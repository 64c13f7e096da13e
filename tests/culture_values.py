"""Small organisations for the tests of the rules."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from culture.organisation import Organisation, Window
from culture.parts import Parts
from culture.people import MONDAY_TO_FRIDAY, Defaults, Department, Person
from culture.policy import Policy, PolicyText
from culture.relay.challenges import Challenge, Challenges, ChallengeText, challenges
from culture.relay.settings import Relay
from culture.vitamin.catalogue import KINDS, Catalogue, Prompt, PromptText, catalogue
from culture.vitamin.settings import Vitamin
from culture.workdays import Closing
from mailer.words import LANGUAGES

SEEN = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
"""A Monday morning, 07:00 in Copenhagen."""


def running(**changes: Any) -> Relay:
    """A relay that has begun and gives its challenges a week ahead: half of the least that a config may say, so that the
    months worked out by hand in these tests are short."""
    return Relay(**{"enabled": True, "starts": SEEN.date(), "lead_days": 5, **changes})


ANSWERS = PolicyText(tools="The one on the intranet.", data="Public texts only.", responsible="You are.")


PARTS = ("vitamin", "relay", "revisit", "catalogue", "challenges")
"""What programmes bring, as the tests name it."""


def prompt(number: int, **changes: Any) -> Prompt:
    kind = KINDS[number % len(KINDS)]
    text = PromptText(title=f"Title {number}", prompt=f"Prompt {number}", look_for="Look", data="Data")
    values: dict[str, Any] = {
        "id": f"{kind}-{number}",
        "kind": kind,
        "level": "easy",
        "tool": "chat",
        "data": "none",
    }
    return Prompt(**{**values, "texts": dict.fromkeys(LANGUAGES, text), **changes})


@cache
def prompts(count: int) -> Catalogue:
    """The same one each time: nobody changes it, as the service does not from tick to tick."""
    return catalogue(prompt(number) for number in range(count))


def challenge(number: int, **changes: Any) -> Challenge:
    text = ChallengeText(
        title=f"Challenge {number}", goal="Goal", steps=("One", "Two"), data="Data", tools="Tools", check="Check"
    )
    values: dict[str, Any] = {
        "id": f"challenge-{number}",
        "level": "easy",
        "tool": "chat",
        "hours": 2,
        "data": "none",
    }
    return Challenge(**{**values, "texts": dict.fromkeys(LANGUAGES, text), **changes})


@cache
def challenge_catalogue(count: int) -> Challenges:
    """The same one each time."""
    return challenges(challenge(number) for number in range(count))


def person(person_id: str = "7", **changes: Any) -> Person:
    values: dict[str, Any] = {
        "id": person_id,
        "email": f"{person_id}@x.example",
        "name": f"Person {person_id}",
        "department": "plan",
        "language": "da",
        "zone": "Europe/Copenhagen",
        "track": "general",
        "working_days": MONDAY_TO_FRIDAY,
        "time": None,
        "channel": "feed",
        "first_seen": SEEN,
    }
    return Person(**{**values, **changes})


def organisation(*people: Person, **changes: Any) -> Organisation:
    values: dict[str, Any] = {
        "name": "Styrelsen",
        "sector": "public",
        "language": "da",
        "zone": "Europe/Copenhagen",
        "contact_name": "Mette Lund",
        "contact_email": "mette@x.example",
        "defaults": Defaults(language="da", languages=LANGUAGES),
        "closing": Closing(country="DK"),
        "policy": Policy(answers={"da": ANSWERS, "en": ANSWERS}),
        "window": Window(),
        "departments": {"plan": Department(key="plan", name="Plan")},
        "people": {one.id: one for one in people},
        "absences": {},
    }
    brought = {"vitamin": Vitamin(title={"da": "AI-tid", "en": "AI time"}), "catalogue": prompts(130), **changes}
    parts = [brought.pop(name) for name in PARTS if name in brought]
    return Organisation(**{**values, **brought, "parts": Parts().having(*parts)})
