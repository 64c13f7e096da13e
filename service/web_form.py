"""The form of the personal page: what stands in it, and what a posted one chooses. Pure.

Where nobody chose, the usual applies. A field that comes back as it was shown leaves that so: whoever saves
another time has not thereby chosen the track of the day.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from culture import vitamin
from culture.organisation import Organisation
from culture.people import Person, Preference
from service.choices import choose
from service.fault import BadInput
from service.words import Sentence

Posted = Mapping[str, list[str]]
Faults = Mapping[str, Sentence]
"""By the name of the field, in the order of the page."""

ORDER = ("time", "days", "track", "language", "channel", "pause_until")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The fields as texts, as they stand on the page. Empty in `track`, `language`, `channel`: the usual."""

    own_time: bool
    time: str
    days: frozenset[int]
    track: str
    language: str
    channel: str
    pause_until: str
    stopped: bool


def shown(organisation: Organisation, person: Person, preference: Preference, today: date) -> Form:
    """The form with what the person has chosen. A break that is over is no longer shown."""
    paused = preference.pause_until if preference.pause_until and preference.pause_until > today else None
    return Form(
        own_time=preference.time is not None,
        time=preference.time.isoformat("minutes") if preference.time else "",
        days=person.working_days & organisation.vitamin.weekdays,
        track=preference.track or "",
        language=preference.language or "",
        channel=preference.channel or "",
        pause_until=paused.isoformat() if paused else "",
        stopped=preference.stopped,
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
        language=one("language"),
        channel=one("channel"),
        pause_until=one("pause_until"),
        stopped=one("stopped") == "yes",
    )


def chosen(
    organisation: Organisation, preference: Preference, before: Form, form: Form, today: date
) -> tuple[Preference, Faults]:
    """What `form` chooses, and what is wrong with it; with faults the preference is the one from before.

    `before` is the form as it was shown.
    """
    changes, faults = _changes(organisation, before, form, today)
    try:
        made = choose(
            preference,
            changes,
            weekdays=organisation.vitamin.weekdays,
            tracks=_tracks(organisation, preference),
            channels=organisation.channels,
        )
    except BadInput as bad:
        faults |= {fault.file: fault.sentence for fault in bad.faults}
        made = preference
    if faults:
        return preference, {name: faults[name] for name in ORDER if name in faults}
    return made, {}


def _changes(
    organisation: Organisation, before: Form, form: Form, today: date
) -> tuple[dict[str, Any], dict[str, Sentence]]:
    """What to choose, for `choose`; and the faults that only a form can have."""
    changes: dict[str, Any] = {
        "track": form.track,
        "language": form.language,
        "channel": form.channel,
        "pause_until": form.pause_until,
        "stopped": form.stopped,
    }
    faults: dict[str, Sentence] = {}
    # A time written beside the usual one, which was chosen before: the time is the newer wish.
    if form.own_time or (form.time and not before.own_time):
        changes["time"] = form.time
        if not form.time:
            faults["time"] = Sentence("Write a time, or choose the usual one.")
    else:
        changes["time"] = None
    if form.days != before.days:
        changes["days"] = sorted(form.days)
        if not form.days & organisation.vitamin.weekdays:
            del changes["days"]
            faults["days"] = Sentence("Choose at least one day. To have none for a while, take a break instead.")
    # ISO dates sort as texts; what is no date at all is left for `choose` to say.
    if re.fullmatch(r"\d{4}-\d\d-\d\d", form.pause_until) and form.pause_until <= today.isoformat():
        faults["pause_until"] = Sentence("That day is here or over. Choose the day you start again, from tomorrow.")
    return changes, faults


def _tracks(organisation: Organisation, preference: Preference) -> Collection[str]:
    """The tracks that may be chosen: those with prompts, and the one chosen while it had some."""
    return organisation.catalogue.tracks | ({preference.track} if preference.track else set())


def tracks_of(organisation: Organisation, preference: Preference) -> list[str]:
    """The tracks a form offers, the general one first."""
    return sorted(_tracks(organisation, preference), key=lambda track: (track != "general", track))


def usual(organisation: Organisation, person: Person, preference: Preference) -> Mapping[str, Any]:
    """What applies without a choice, as far as it is known: time, track, language, channel.

    A chosen value hides the usual one behind it, so that one is then None.
    """
    return {
        "time": None if preference.time else vitamin.start_time(organisation, person),
        "track": None if preference.track else person.track,
        "language": None if preference.language else person.language,
        "channel": None if preference.channel else person.channel,
    }
