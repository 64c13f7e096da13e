"""Publications to and from plain JSON documents."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from calendars.difference import Intended, Publication
from calendars.event import Entry, Series, Slot


def from_publication(publication: Publication) -> dict[str, Any]:
    """A publication as it is stored."""
    return {
        "uid": publication.uid,
        "channel": publication.channel,
        "person": publication.person_id,
        "of": publication.of,
        "sequence": publication.sequence,
        "dtstamp": publication.dtstamp.isoformat(),
        "entry": _from_entry(publication.entry),
        "highest": publication.highest,
        "latest": publication.latest.isoformat(),
        "intended": _from_intended(publication.intended),
        "parked": _from_intended(publication.parked),
        **_from_rest(publication),
    }


def _from_rest(told: Publication | Intended) -> dict[str, Any]:
    """What is written only where there is something to say: of 10,000 people each word is 200 kB."""
    own = [day.isoformat() for day in sorted(told.own)]
    found = {"in_file": told.in_file, "address": told.address, "own": own}
    return {name: value for name, value in found.items() if value}


def to_publication(document: Mapping[str, Any]) -> Publication:
    """A publication from its record. Raises KeyError, TypeError or ValueError for one that cannot be read."""
    return Publication(
        uid=document["uid"],
        channel=document["channel"],
        person_id=document["person"],
        of=document["of"],
        sequence=document["sequence"],
        dtstamp=datetime.fromisoformat(document["dtstamp"]),
        entry=_to_entry(document["entry"]),
        highest=document["highest"],
        latest=datetime.fromisoformat(document["latest"]),
        intended=_to_intended(document["intended"]),
        parked=_to_intended(document["parked"]),
        in_file=document.get("in_file", False),
        address=document.get("address", ""),
        own=_to_days(document.get("own", ())),
    )


def _from_intended(intended: Intended | None) -> dict[str, Any] | None:
    if intended is None:
        return None
    return {
        "sequence": intended.sequence,
        "dtstamp": intended.dtstamp.isoformat(),
        "method": intended.method,
        "entry": _from_entry(intended.entry),
        "letter": intended.letter,
        "fingerprint": intended.fingerprint,
        "channel": intended.channel,
        **_from_rest(intended),
    }


def _to_intended(document: Mapping[str, Any] | None) -> Intended | None:
    if document is None:
        return None
    typed = {
        "dtstamp": datetime.fromisoformat(document["dtstamp"]),
        "entry": _to_entry(document["entry"]),
        "own": _to_days(document.get("own", ())),
    }
    return Intended(**{**document, **typed})


def _to_days(texts: Iterable[str]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, texts))


def _from_entry(entry: Entry | None) -> dict[str, Any] | None:
    """A series has `first`, a slot `starts`: local time, for `zone` stands beside it."""
    if entry is None:
        return None
    return _from_slot(entry) if isinstance(entry, Slot) else _from_series(entry)


def _to_entry(document: Mapping[str, Any] | None) -> Entry | None:
    if document is None:
        return None
    return _to_slot(document) if "starts" in document else _to_series(document)


def _from_series(series: Series) -> dict[str, Any]:
    return {
        "uid": series.uid,
        "first": series.first.isoformat(),
        "until": series.until.isoformat(),
        "start": series.start.isoformat("minutes"),
        "minutes": series.minutes,
        "zone": series.zone,
        "weekdays": sorted(series.weekdays),
        "exdates": [day.isoformat() for day in sorted(series.exdates)],
        "busy": series.busy,
        "reminder_minutes": series.reminder_minutes,
    }


def _to_series(document: Mapping[str, Any]) -> Series:
    typed = {
        "first": date.fromisoformat(document["first"]),
        "until": date.fromisoformat(document["until"]),
        "start": time.fromisoformat(document["start"]),
        "weekdays": frozenset(document["weekdays"]),
        "exdates": _to_days(document["exdates"]),
    }
    return Series(**{**document, **typed})


def _from_slot(slot: Slot) -> dict[str, Any]:
    return {
        "uid": slot.uid,
        "starts": slot.starts.replace(tzinfo=None).isoformat(),
        "zone": slot.zone,
        "minutes": slot.minutes,
        "busy": slot.busy,
        "reminder_minutes": slot.reminder_minutes,
        "place": slot.place,
        **({"presenter": slot.presenter} if slot.presenter else {}),
    }


def _to_slot(document: Mapping[str, Any]) -> Slot:
    values = dict(document)
    starts = datetime.fromisoformat(values.pop("starts")).replace(tzinfo=ZoneInfo(values.pop("zone")))
    return Slot(starts=starts, **values)
