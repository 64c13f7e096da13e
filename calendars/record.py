"""Publications to and from plain JSON documents."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from calendars.difference import Intended, Publication
from calendars.event import Series


def from_publication(publication: Publication) -> dict[str, Any]:
    return {
        "uid": publication.uid,
        "channel": publication.channel,
        "person": publication.person_id,
        "sequence": publication.sequence,
        "dtstamp": publication.dtstamp.isoformat(),
        "series": _from_series(publication.series),
        "highest": publication.highest,
        "latest": publication.latest.isoformat(),
        "intended": _from_intended(publication.intended),
        "parked": _from_intended(publication.parked),
    }


def to_publication(document: Mapping[str, Any]) -> Publication:
    return Publication(
        uid=document["uid"],
        channel=document["channel"],
        person_id=document["person"],
        sequence=document["sequence"],
        dtstamp=datetime.fromisoformat(document["dtstamp"]),
        series=_to_series(document["series"]),
        highest=document["highest"],
        latest=datetime.fromisoformat(document["latest"]),
        intended=_to_intended(document["intended"]),
        parked=_to_intended(document["parked"]),
    )


def _from_intended(intended: Intended | None) -> dict[str, Any] | None:
    if intended is None:
        return None
    return {
        "sequence": intended.sequence,
        "dtstamp": intended.dtstamp.isoformat(),
        "method": intended.method,
        "series": _from_series(intended.series),
        "letter": intended.letter,
        "fingerprint": intended.fingerprint,
    }


def _to_intended(document: Mapping[str, Any] | None) -> Intended | None:
    if document is None:
        return None
    times = {"dtstamp": datetime.fromisoformat(document["dtstamp"]), "series": _to_series(document["series"])}
    return Intended(**{**document, **times})


def _from_series(series: Series | None) -> dict[str, Any] | None:
    if series is None:
        return None
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


def _to_series(document: Mapping[str, Any] | None) -> Series | None:
    if document is None:
        return None
    typed = {
        "first": date.fromisoformat(document["first"]),
        "until": date.fromisoformat(document["until"]),
        "start": time.fromisoformat(document["start"]),
        "weekdays": frozenset(document["weekdays"]),
        "exdates": frozenset(date.fromisoformat(day) for day in document["exdates"]),
    }
    return Series(**{**document, **typed})
