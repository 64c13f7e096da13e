"""What the store keeps of the culture, to and from plain JSON documents. Times are ISO 8601, in UTC."""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import lru_cache
from sys import intern
from typing import Any

from culture.census import Known
from culture.choice import Choice
from culture.keys import ChoiceKey
from culture.people import Preference, Row
from culture.vitamin.prompts import Given
from store.plain import from_plain
from store.shape import is_moment, shaped

Document = dict[str, Any]

PEOPLE, PREFERENCES, PROMPTS, FEEDS = "people", "preferences", "prompts", "feeds"
PUBLICATIONS, LETTERS, NOTICES, WEEKS = "publications", "letters", "notices", "weeks"
FUSE, APPROVALS = "fuse", "approvals"
TURNS, STANDINGS, LEARNINGS, DISCOVERIES = "turns", "standings", "learnings", "discoveries"
CONCERNS, REVISITS, TURN_LETTERS = "concerns", "revisits", "turn_letters"
FRAMES, STEPS = "frames", "steps"
POLICY = "policy"  # the policy as it was last looked at
RECOMMENDATIONS = "recommendations"
ANSWERED = "answered_concerns"  # what was decided about each
TALLIES = "tallies"  # how many chose what on pages that know nobody
BLOCKS, MEETINGS, FREE_MINUTES = "blocks", "meetings", "free_minutes"
WAYS, FILES, HELD, LINKS = "ways", "files", "held", "links"
LOGINS = "logins"
RETRIES = "retries"  # the ids of letters that `outbox retry` leaves for the running service to pick up
TROUBLE = "trouble"  # of a server, by the queue of what goes to it; empty when all is well
SIGNING, CHOICES = "signing", "choices"
LINKS_ASKED = "links_asked"
SAME = "same"
UNSAID, SILENCES = "unsaid", "silences"  # what was due and never said, and when the service did not run
RECALLS = "recalls"  # when all was taken back, and until when
OUTSIDERS = "outsiders"  # who has or had a role and is not in the people file
CORPS_PLACES, CORPS_MEETINGS = "corps_places", "corps_meetings"
CORPS_NEWS, CORPS_AGENDAS, CORPS_MINUTES = "corps_news", "corps_agendas", "corps_minutes"
FORMER = "former"
REPORTS = "reports"  # by quarter, what stood when it was over
COUNTS = "counts"  # by ISO week, then kind, then sent, dropped, in_doubt, too_late

Numbers = Mapping[str, Mapping[str, int]]
"""By kind, then sent, dropped, in_doubt, too_late; what is 0 is left out."""


def from_known(known: Known) -> Document:
    """A person who is known, as it is stored."""
    row = known.row
    document = {
        "email": row.email,
        "name": row.name,
        "department": row.department,
        "number": row.number,
        "account": row.account,
        "language": row.language,
        "zone": row.zone,
        "track": row.track,
        "working_days": sorted(row.working_days) if row.working_days else None,
        "time": _text(row.time),
        "roles": sorted(row.roles) or None,
        "started": _text(row.started),
        "left": _text(row.left),
        "first_seen": known.first_seen.isoformat(),
        "gone": _text(known.gone),
        "outside": known.outside or None,
    }
    return {key: value for key, value in document.items() if value is not None}


def to_known(person_id: str, document: Mapping[str, Any]) -> Known:
    """Somebody who is known, from their record. Raises KeyError, TypeError or ValueError for one that cannot be read."""
    return Known(
        id=person_id,
        row=Row(
            email=intern(document["email"]),  # the people file has them too: one text for both
            name=intern(document["name"]),
            department=intern(document["department"]),
            number=document.get("number"),
            account=document.get("account"),
            language=document.get("language"),
            zone=document.get("zone"),
            track=document.get("track"),
            working_days=_set(document.get("working_days")),
            time=_time(document.get("time")),
            roles=frozenset(document.get("roles", ())),
            started=_date(document.get("started")),
            left=_date(document.get("left")),
        ),
        first_seen=moment(document["first_seen"]),
        gone=_date(document.get("gone")),
        outside=bool(document.get("outside")),
    )


def from_preference(preference: Preference) -> Document:
    """What somebody chose, as it is stored; empty when nothing is chosen."""
    document = {
        "time": _text(preference.time),
        "days": sorted(preference.days) if preference.days else None,
        "track": preference.track,
        "language": preference.language,
        "channel": preference.channel,
        "pause_until": _text(preference.pause_until),
        "stopped": preference.stopped or None,
        "in_relay": preference.in_relay,
        "level": preference.level,
        "dose": preference.dose,
    }
    return {key: value for key, value in document.items() if value is not None}


def to_preference(document: Mapping[str, Any]) -> Preference:
    """What somebody chose, from its record. Raises ValueError for one that cannot be read."""
    return Preference(
        time=_time(document.get("time")),
        days=_set(document.get("days")),
        track=document.get("track"),
        language=document.get("language"),
        channel=document.get("channel"),
        pause_until=_date(document.get("pause_until")),
        stopped=document.get("stopped", False),
        in_relay=document.get("in_relay"),
        level=document.get("level"),
        dose=document.get("dose"),
    )


def from_given(days: Mapping[date, Given]) -> Document:
    """A week of given prompts: the day, then round, prompt and level."""
    return {"days": {day.isoformat(): [given.round, given.prompt, given.level] for day, given in sorted(days.items())}}


def to_given(document: Mapping[str, Any]) -> dict[date, Given]:
    """A week's prompts, from their record. Raises KeyError or ValueError for one that cannot be read."""
    return {date.fromisoformat(day): Given(*given) for day, given in document["days"].items()}


def to_choice(key: str, document: Mapping[str, Any]) -> tuple[ChoiceKey, Choice]:
    """Raises KeyError, TypeError, ValueError or AttributeError for what is no choice."""
    choice = shaped(from_plain(Choice, document))
    for name in choice.fields:
        getattr(choice.chosen, name)
    return ChoiceKey.from_text(key), choice


def to_numbers(document: Mapping[str, Any]) -> Numbers:
    """The numbers of a week's record. Raises ValueError for anything else."""
    for kind, numbers in document.items():
        if not isinstance(numbers, Mapping) or not all(type(count) is int for count in numbers.values()):
            raise ValueError(f"{kind} cannot be {numbers!r:.60}")
    return document


def _text(value: date | time | None) -> str | None:
    if isinstance(value, time):
        return value.isoformat("minutes")
    return value.isoformat() if value else None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@lru_cache(maxsize=256)
def moment(text: str) -> datetime:
    """The moment of an ISO text. Kept, for many people have the same: one in memory for all of them."""
    found = datetime.fromisoformat(text)
    if not is_moment(found):
        raise ValueError(f"{text!r:.60} is no moment with a zone")
    return found


def _time(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _set(numbers: list[int] | None) -> frozenset[int] | None:
    return frozenset(numbers) if numbers else None
