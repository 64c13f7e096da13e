"""The form of the personal page: what stands in it, and what a posted one chooses. Pure.

Where nobody chose, the usual applies. A field that comes back as its page showed it (`service.acts.conflicts`) leaves
that so, whatever it has become since: whoever saves another time has not thereby chosen the track of the day.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from culture.organisation import Organisation
from culture.people import Person, Preference
from culture.vitamin import rules as vitamin
from culture.vitamin.catalogue import Catalogue
from culture.vitamin.settings import Vitamin
from service.acts.choices import FIELDS, values_of
from service.messages.days import parse_day
from service.messages.faults import BadInput
from service.messages.translation import Sentence

Posted = Mapping[str, list[str]]
Faults = Mapping[str, Sentence]
"""By the name of the field, in the order of the page."""

ORDER = ("time", "days", "track", "level", "language", "channel", "pause_until", "dose", "stopped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields as texts, as they stand on the page. Empty in `track`, `level`, `language`, `channel`: the usual. `dose` is
    one of DOSES; empty where a form came back without it."""

    own_time: bool
    time: str
    days: frozenset[int]
    track: str
    level: str
    language: str
    channel: str
    pause_until: str
    dose: str


def shown(standing: Preference) -> Form:
    """The form with what stands chosen."""
    return Form(
        own_time=standing.time is not None,
        time=standing.time.isoformat("minutes") if standing.time else "",
        days=standing.days or frozenset(),
        track=standing.track or "",
        level=standing.level or "",
        language=standing.language or "",
        channel=standing.channel or "",
        pause_until=standing.pause_until.isoformat() if standing.pause_until else "",
        dose="calendar" if standing.stopped else standing.dose or "all",
    )


def posted(fields: Posted) -> Form:
    """The form as it came back. What is missing is empty; a day that is none is left out."""

    def one(name: str) -> str:
        return fields.get(name, [""])[-1].strip()

    return Form(
        own_time=one("time_choice") == "own",
        time=one("time"),
        days=frozenset(int(day) for day in fields.get("days", []) if day in tuple("1234567")),
        track=one("track"),
        level=one("level"),
        language=one("language"),
        channel=one("channel"),
        pause_until=one("pause_until"),
        dose=one("dose"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Back:
    """A form that came back, and what stood on the page that it came from."""

    was: Preference
    form: Form

    @property
    def touched(self) -> frozenset[str]:
        """The fields that differ from what the page showed."""
        before = shown(self.was)
        names = (name for name in FIELDS if name not in ("time", "stopped", "in_relay"))
        plain = {name for name in names if getattr(self.form, name) != getattr(before, name)}
        plain -= set() if self.form.dose else {"dose"}
        return frozenset(plain | ({"time"} if self.time != (before.time if before.own_time else None) else set()))

    @property
    def time(self) -> str | None:
        """The time as it was written, None for the usual one.

        A time written beside the usual one, which was chosen before: the time is the newer wish.
        """
        return self.form.time if self.form.own_time or (self.form.time and self.was.time is None) else None

    def over(self, now: Preference, told: Collection[str] = ()) -> "Back":
        """The form to show again: what was touched as it was written, all else as it stands by `now`.

        What was touched is measured by its first page still, but for the fields of which it was `told` what they are.
        """
        touched, before = self.touched, shown(now)
        mine = {name: getattr(self.form, name) for name in touched}
        if "time" in touched:
            mine |= {"own_time": self.time is not None, "time": self.time or ""}
        fields = {*touched, "stopped"} if "dose" in touched else touched
        was = {name: getattr(self.was, name) for name in fields if name not in told}
        return Back(was=replace(now, **was), form=replace(before, **mine))


def chosen(organisation: Organisation, back: Back, today: date) -> tuple[Mapping[str, Any], Faults]:
    """What a form chooses of `culture.people.Preference`, by field, and what is wrong with it: one of the two is empty."""
    given, faults = _given(organisation, back, today)
    try:
        changes = values_of(
            given,
            weekdays=organisation.of(Vitamin).days,
            tracks=_tracks(organisation, back.was),
            channels=organisation.channels,
        )
    except BadInput as bad:
        changes = {}
        faults |= {fault.file: fault.sentence for fault in bad.faults}
    return ({}, {name: faults[name] for name in ORDER if name in faults}) if faults else (changes, {})


def _given(organisation: Organisation, back: Back, today: date) -> tuple[dict[str, Any], dict[str, Sentence]]:
    """What was touched, for `values_of`; and the faults that only a form can have."""
    form, touched = back.form, back.touched
    given: dict[str, Any] = {name: getattr(form, name) for name in touched}
    faults: dict[str, Sentence] = {}
    if "time" in touched:
        given["time"] = back.time
        if back.time == "":
            faults["time"] = Sentence("Write a time, or choose the usual one.")
    if "days" in touched:
        given["days"] = sorted(form.days)
        if not form.days & organisation.of(Vitamin).days:
            del given["days"]
            faults["days"] = Sentence("Choose at least one day. To have none for a while, take a break instead.")
    ends = parse_day(form.pause_until) if "pause_until" in touched else None  # what is no day is `values_of`'s to say
    if ends and ends <= today:
        faults["pause_until"] = Sentence("That day is here or over. Choose the day you start again, from tomorrow.")
    return given, faults


def _tracks(organisation: Organisation, preference: Preference) -> Collection[str]:
    """The tracks that may be chosen: those with prompts, and the one chosen while it had some."""
    return organisation.of(Catalogue).tracks | ({preference.track} if preference.track else set())


def tracks_of(organisation: Organisation, preference: Preference) -> list[str]:
    """The tracks a form offers, the general one first."""
    return sorted(_tracks(organisation, preference), key=lambda track: (track != "general", track))


def usual(organisation: Organisation, person: Person, standing: Preference) -> Mapping[str, Any]:
    """What applies without a choice, as far as it is known: time, track, language, channel.

    A chosen value hides the usual one behind it, so that one is then None.
    """
    return {
        "time": None if standing.time else vitamin.start_time(organisation, person),
        "track": None if standing.track else person.track,
        "language": None if standing.language else person.language,
        "channel": None if standing.channel else person.channel,
    }
