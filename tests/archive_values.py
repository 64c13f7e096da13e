"""A small archive: departments with a relay, what they learned and rejected, and its keys as opaque as they need be."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from culture.archive.entries import Entry, Value
from culture.meetings import MeetingPlan
from culture.organisation import Organisation
from culture.people import Department
from culture.relay.challenges import NO_CHALLENGES
from culture.relay.learning import Discovery, Learning, Outcome
from culture.relay.schedule import RelayRecords
from culture.relay.settings import Relay
from culture.relay.turns import Turn
from culture.revisit.rules import Judgement, Revisit, RevisitRecords, Verdict, What
from culture.revisit.settings import RevisitList
from culture.world import World
from tests.culture_values import SEEN, organisation, person

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)

HOSTILE = "<script>alert(1)</script></script><img src=x onerror=alert(2)> \u2028 {{ 7*7 }} ' \" & | ]]>"


def public_id(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:16]


def entry(key: str = "a", **changes: Any) -> Entry:
    values: dict[str, Any] = {"key": key, "id": public_id(key), "title": key, "when": "2027-02-03"}
    return Entry(**{**values, "kind": Value("learning", "Læring"), **changes})


def learned(number: int, department: str = "plan", **changes: Any) -> Learning:
    values: dict[str, Any] = {
        "id": f"{department}-{number}",
        "department": department,
        "person": f"{department}-0",
        "challenge": "",
        "title": f"Opgave {number}",
        "at": datetime(2027, 1, 1 + number % 28, 11, tzinfo=UTC),
        "outcome": Outcome.WORKED,
        "worked": "Et udkast til et høringssvar på ti minutter.",
        "checked": "Holdt op mod sagen",
        "judged_by": "Hanne Judge",
    }
    return Learning(**{**values, **changes})


def held(of: Learning) -> Turn:
    return Turn(
        id=of.id,
        department=of.department,
        number=1,
        kind="normal",
        person=of.person,
        presenter=of.person,
        announced=SEEN,
        starts=of.at,
        state="held",
    )


def found_out(number: int, **changes: Any) -> Discovery:
    at = datetime(2027, 2, 1 + number % 28, 11, tzinfo=UTC)
    return Discovery(**{"id": f"d-{number}", "at": at, "text": f"Linje {number}", **changes})


def rejected(number: int, **changes: Any) -> Revisit:
    values: dict[str, Any] = {
        "id": f"item-{number}",
        "name": "Mødereferat",
        "what": What.TOOL,
        "rejected_by": "Hanne Rejecter",
        "rejected_on": date(2026, 11, 3),
        "reason": "Den forstod ikke dansk.",
        "would_change": "En model, der kan dansk",
        "months": 4,
        "owner": "",
        "next_on": date(2027, 3, 3),
    }
    return Revisit(**{**values, **changes})


def judged(verdict: Verdict = Verdict.WORKS_NOW, day: date = date(2027, 2, 10)) -> Judgement:
    return Judgement(day=day, by="Hanne Rejecter", verdict=verdict, reason="Prøvet på tre møder.")


def place(sizes: Mapping[str, int], **changes: Any) -> Organisation:
    """Departments with so many people, plan-0, plan-1, ..."""
    staff = [
        person(f"{key}-{number}", department=key, name=f"{key.title()} Person {number}")
        for key, size in sizes.items()
        for number in range(size)
    ]
    values: dict[str, Any] = {
        "departments": {key: Department(key=key, name=f"Afdelingen {key.title()}") for key in sizes},
        "meeting_plans": {key: MeetingPlan(department=key, zone="Europe/Copenhagen") for key in sizes},
        "relay": Relay(enabled=True),
        "revisit": RevisitList(enabled=True),
        "challenges": NO_CHALLENGES,
    }
    return organisation(*staff, **{**values, **changes})


LARGE = {"plan": 12, "care": 14}


def world(*written: Learning | Discovery | Revisit, sizes: Mapping[str, int] = LARGE, **changes: Any) -> World:
    """A world in which that was written; each learning was presented at the moment it says."""
    relay = RelayRecords(
        turns={one.id: held(one) for one in written if isinstance(one, Learning)},
        learnings={one.id: one for one in written if isinstance(one, Learning)},
        discoveries={one.id: one for one in written if isinstance(one, Discovery)},
    )
    items = RevisitRecords({one.id: one for one in written if isinstance(one, Revisit)})
    return World(place(sizes, **changes), NOW).having(relay, items)
