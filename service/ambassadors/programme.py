"""The ambassadors, as a plan knows them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, time
from functools import partial

from culture.ambassadors import agenda, corps, decisions, meetings, notices, recommendations
from culture.ambassadors.records import AmbassadorRecords, CorpsMeeting
from culture.ambassadors.settings import Ambassadors
from culture.ambassadors.sittings import sittings
from culture.notice import Notice
from culture.organisation import Organisation
from culture.outsiders import Role
from culture.trouble import Troubles
from culture.world import World
from service.ambassadors import agenda_records
from service.ambassadors.corps_appointments import APPOINTMENTS
from service.ambassadors.recommendation_records import recommendation_records
from service.planning.programme import Moments, Programme, Reading, Records, another, differing
from service.settings.inputs import Inputs
from store import records


def _read(reading: Reading) -> tuple[object, ...]:
    stored = reading.stored
    tables = records.CORPS_PLACES, records.CORPS_MEETINGS
    found = AmbassadorRecords(
        places=stored.table_of(records.CORPS_PLACES),
        meetings=stored.table_of(records.CORPS_MEETINGS),
        aside=frozenset(one.key for table in tables for one in stored.unreadable_in(table)),
    )
    today = reading.now.astimezone(reading.organisation.tz).date()
    return (
        found,
        agenda_records.read(stored),
        corps.caretakers(reading.organisation, found.places, today),
        recommendation_records(reading),
    )


def _advance(world: World, troubles: Troubles) -> tuple[object, ...]:
    found = world.of(AmbassadorRecords)
    with troubles.of("ambassadors", "letters"):  # what cannot be worked out stays as it is
        found = replace(found, places={**found.places, **corps.advance(world)})
        world = world.having(found)
    with troubles.of("ambassadors", "calendar"):
        found = replace(found, meetings={**found.meetings, **meetings.advance(world)})
    caretakers = corps.caretakers(world.organisation, found.places, world.today)
    agendas = agenda_records.advance(world.having(found), troubles)
    with troubles.of("ambassadors", "letters"):
        return found, agendas, caretakers, sittings(world.having(found, agendas))
    return found, agendas, caretakers


def _written(before: World, after: World, troubles: Troubles) -> Records:
    old, new = before.of(AmbassadorRecords), after.of(AmbassadorRecords)
    return {
        records.CORPS_PLACES: differing(old.places, new.places),
        records.CORPS_MEETINGS: differing(old.meetings, new.meetings),
        **agenda_records.written(before, after),
    }


def _as_read(before: World) -> Records:
    return {records.CORPS_PLACES: before.of(AmbassadorRecords).places, **agenda_records.as_read(before)}


def _due(world: World, troubles: Troubles) -> Iterator[Notice]:
    yield from notices.due(world, troubles)
    yield from recommendations.due(world, troubles)
    yield from agenda.due(world, troubles)
    with troubles.of("ambassadors", "letters"):
        yield from decisions.due(world)


def _hours(organisation: Organisation) -> Iterable[time]:
    return (organisation.of(Ambassadors).letter_at,)


def _moments(world: World, before: World | None) -> Iterator[tuple[str, Moments]]:
    """When a meeting begins and ends, and somebody has waited two weeks for an answer: all else happens at midnight or at
    the letters' hour."""
    known, was = world.of(AmbassadorRecords), before.of(AmbassadorRecords) if before else None
    for _, meeting in another(known.meetings, was.meetings if was else None):
        yield meeting.id, partial(_turns_of, meeting)
    for key, place in another(known.places, was.places if was else None):
        if place.asked_at:
            yield key, partial(corps.asks_again, place)


def _turns_of(meeting: CorpsMeeting) -> Iterable[datetime]:
    return meeting.starts, meetings.ends(meeting)


def _roles(world: World) -> Iterable[Role]:
    sponsor = corps.sponsor_role(world)
    return (sponsor,) if sponsor else ()


def _feed_parts(inputs: Inputs) -> object:
    return repr(inputs.config.of(Ambassadors).meeting)


PROGRAMME = Programme(
    name="ambassadors",
    read=_read,
    advance=_advance,
    written=_written,
    as_read=_as_read,
    due=_due,
    hours=_hours,
    moments=_moments,
    appointments=APPOINTMENTS,
    feed_parts=_feed_parts,
    roles=_roles,
    parts=lambda world: corps.corps(world).members,
    outsiders=recommendations.outsiders,
    pages=("ambassadors", "agenda", "recommendations", "answer"),
    outside_pages=("agenda", "answer"),
)
