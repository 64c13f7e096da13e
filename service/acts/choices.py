"""What a person may choose, from words and in words: for the command line, the personal page and a rehearsal's acts."""

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, time
from typing import Any

from culture.people import EARLIEST, LATEST, PRIVATE, ChannelName, Language, Preference
from mailer.words import LANGUAGES, tongue
from service.messages.days import parse_day
from service.messages.faults import BadInput, Fault
from service.messages.translation import Sentence, say
from service.settings.config_types import parse_time, parse_weekday

USUAL = "usual"
"""The word that takes a choice back: what applies to everybody applies again."""

FIELDS = ("time", "days", "track", "level", "language", "channel", "pause_until", "dose", "stopped", "in_relay")

DOSES = ("all", "one", "calendar")
"""How many prompts of a week by letter: one for each day, one, or none: those are stopped."""

LEVELS = ("gentle", "usual", "bold")


def values_of(
    changes: Mapping[str, Any],
    *,
    weekdays: frozenset[int],
    tracks: Collection[str],
    channels: Collection[ChannelName],
) -> dict[str, Any]:
    """What is chosen of a preference, by field. Each comes as a text (or already as a value); "usual" or "" takes a
    choice back.

    `weekdays` are those on which the organisation has a block, `channels` those there are here. Raises BadInput with
    every fault, each with the name of its field as the file.
    """
    faults: list[Fault] = []
    made: dict[str, Any] = {}
    for name, given in changes.items():
        try:
            made |= _dose(given) if name == "dose" else {name: _value(name, given, weekdays, tracks, channels)}
        except ValueError as error:
            faults.append(Fault(name, "", error.args[0]))
    if faults:
        raise BadInput(faults)
    return made


def _value(
    name: str, given: Any, weekdays: frozenset[int], tracks: Collection[str], channels: Collection[ChannelName]
) -> Any:
    if name in ("stopped", "in_relay"):
        return str(given).lower() in ("true", "yes", "ja", "1", "on")
    if name in FIELDS and _is_usual(given):
        return None
    named: dict[str, Collection[str]] = {
        "track": sorted(tracks),
        "level": LEVELS,
        "language": LANGUAGES,
        "channel": channels,
    }
    if name in named:
        return _one_of(str(given).lower(), named[name])
    match name:
        case "time":
            return _time(given)
        case "days":
            return _days(given, weekdays)
        case "pause_until":
            return _date(given)
    raise ValueError(
        Sentence("{name} cannot be chosen. One may choose {names}.", {"name": name, "names": ", ".join(FIELDS)})
    )


def _is_usual(given: Any) -> bool:
    """Whether a choice is taken back: by nothing, or by the word for it in a language that we write."""
    return given in ("", None, USUAL, *(say(language, "usual") for language in LANGUAGES))


def _dose(given: Any) -> dict[str, Any]:
    """The two fields that one choice is about: how many prompts, and whether letters are stopped."""
    chosen = "all" if _is_usual(given) else _one_of(str(given).lower(), DOSES)
    if chosen == "calendar":
        return {"stopped": True}
    return {"dose": chosen if chosen == "one" else None, "stopped": False}


def _time(given: Any) -> time:
    found = given if isinstance(given, time) else parse_time(str(given))
    if found is None or not EARLIEST <= found <= LATEST:
        raise ValueError(
            Sentence('"{value}" is not a time between 06:00 and 22:00. Write for example 08:30.', {"value": given})
        )
    return found


def _days(given: Any, weekdays: frozenset[int]) -> frozenset[int]:
    parts = given if isinstance(given, list | tuple) else re.split(r"[, ]+", str(given))
    found = {int(part) if str(part) in "1234567" else parse_weekday(str(part)) for part in parts if part}
    if not found or None in found:
        raise ValueError(Sentence('"{value}" are not weekdays. Write for example mon,wed,fri.', {"value": given}))
    days = frozenset(day for day in found if day) & weekdays
    if not days:
        raise ValueError(Sentence("The ten minutes are on none of these days. Choose at least one on which they are."))
    return days


def _date(given: Any) -> date:
    found = given if isinstance(given, date) else parse_day(str(given))
    if found is None:
        raise ValueError(Sentence('"{value}" is not a date. Write for example 2027-01-04.', {"value": given}))
    return found


def _one_of(given: str, choices: Collection[str]) -> str:
    if given not in choices:
        fields = {"value": given, "choices": ", ".join(choices)}
        raise ValueError(Sentence('"{value}" is none of the choices. Write one of {choices}.', fields))
    return given


TAKEN_BACK = {
    "time": Sentence("the usual time"),
    "days": Sentence("the usual days"),
    "track": Sentence("the usual track"),
    "language": Sentence("the usual language"),
    "channel": Sentence("the usual channel"),
    "pause_until": Sentence("no pause"),
    "dose": Sentence("a prompt for each day"),
    "stopped": Sentence("letters again"),
}


def in_words(preference: Preference, names: Iterable[str], language: Language) -> list[str]:
    """What these fields of a preference say, in their usual order; one that has no choice is taken back. Of what is the
    person's own to know, nothing."""
    wanted = frozenset(names) - PRIVATE
    found = ((name, getattr(preference, name)) for name in FIELDS if name in wanted)
    return [(_chosen(name, value, language) if value else TAKEN_BACK[name]).said(language) for name, value in found]


def _chosen(name: str, value: Any, language: Language) -> Sentence:
    match name:
        case "time":
            return Sentence("at {time}", {"time": f"{value:%H:%M}"})
        case "days":
            weekdays = tongue(language).weekdays
            return Sentence("{text}", {"text": ", ".join(weekdays[day - 1] for day in sorted(value))})
        case "track":
            return Sentence("the track {name}", {"name": value})
        case "language":
            return Sentence("letters in {name}", {"name": tongue(language).languages[value]})
        case "channel":
            return Sentence("the channel {name}", {"name": value})
        case "pause_until":
            return Sentence("paused until {day}", {"day": value})
        case "dose":
            return Sentence("one prompt a week")
    return Sentence("no letters")
