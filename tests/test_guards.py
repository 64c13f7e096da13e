"""service/planning: a programme that cannot be worked out costs no other its letters, and what stands of it stays."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from calendars.difference import Publication
from calendars.event import Slot, slot_uid
from calendars.server.meeting import MeetingState
from culture.ambassadors.records import AmbassadorRecords, CorpsMeeting
from culture.people import ChannelName
from culture.relay.schedule import RelayRecords
from culture.revisit.rules import RevisitRecords
from culture.trouble import RAISED, Troubles
from culture.world import World
from service.ambassadors import agenda_records
from service.engine.state import Stored
from service.messages.faults import Refused
from service.planning import calls, jobs, programme
from service.planning.moments import next_moment
from service.planning.on_server import OnServer
from service.planning.programme import programmes
from store import records
from tests.corps_values import START, ambassador, at, house, on, world
from tests.culture_values import SEEN, organisation, person, running
from tests.relay_values import BEGIN
from tests.web_relay_values import DAY, Place

MORE = """
[vitamin]
[ambassadors]
enabled = true
chair = "anna@x.example"
[leaders]
enabled = true
"""

TABLES = {
    "vitamin": records.PROMPTS,
    "relay": records.TURNS,
    "revisit": records.REVISITS,
    "ambassadors": records.CORPS_PLACES,
    "leaders": records.FRAMES,
    "report": records.REPORTS,
    "roles": records.OUTSIDERS,
}
"""A table that each programme cannot do without."""

SAID = {
    "vitamin": {f"tip/2026-W50/{one}" for one in "123459"},
    "relay": {"assignment/plan-2/2", "halfway/plan-1/5"},
}
"""By whom, on the second Monday."""


class Broken(Mapping[str, Any]):
    """Records of which nothing can be worked out."""

    def __getitem__(self, key: str) -> Any:
        raise ZeroDivisionError

    def __iter__(self) -> Iterator[str]:
        raise ZeroDivisionError

    def __len__(self) -> int:
        return 1


class Unread(Stored):
    """A store of which one table cannot be had."""

    gone = ""

    def table_of(self, table: str) -> dict[str, Any]:
        if table == self.gone:
            raise ZeroDivisionError
        return super().table_of(table)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    found = Place(tmp_path_factory.mktemp("guards"), more=MORE).at(BEGIN + 6 * DAY)
    yield found
    found.engine.close()


@pytest.fixture
def unread(place: Place) -> Iterator[Unread]:
    whole = place.engine.stored
    place.engine.stored = Unread(place.engine.database)
    yield place.engine.stored
    place.engine.stored = whole


def test_every_programme_is_named_by_its_folder_and_the_house_by_what_it_keeps() -> None:
    assert [one.name for one in programmes()] == list(TABLES)


@pytest.mark.parametrize("name", TABLES)
def test_a_programme_whose_records_cannot_be_had_waits_and_the_others_are_said(
    name: str, place: Place, unread: Unread
) -> None:
    unread.gone = TABLES[name]
    found = place.engine.plan(BEGIN + 11 * DAY)
    wanted = set[str]().union(*(keys for of, keys in SAID.items() if of != name))
    assert {key for job in found.letters for key in job.keys} == wanted
    assert [(one.who, one.what, one.why) for one in found.troubles] == [(name, "letters", "ZeroDivisionError")]
    assert found.world.out == {name}
    assert [found.written.get(table) for table in (TABLES[name], records.CORPS_AGENDAS)] == [None, None]


def test_calendars_wait_for_what_is_not_known(place: Place, unread: Unread) -> None:
    of_turns = [job for job in place.engine.plan(BEGIN + 12 * DAY).letters if job.kind == "slot"]
    unread.gone = records.PROMPTS
    assert of_turns
    assert [job for job in place.engine.plan(BEGIN + 12 * DAY).letters if job.kind == "slot"] == []


def test_whoever_runs_the_service_is_told_in_words(place: Place, unread: Unread) -> None:
    unread.gone = records.TURNS
    (fault,) = place.engine.plan(BEGIN + 11 * DAY).faults
    assert fault.sentence.said("da") == (
        "AI-stafetten: breve kan ikke regnes ud (ZeroDivisionError). Alle andres kan, og der prøves igen i hver runde."
    )


def test_nobody_does_anything_in_a_world_that_is_not_whole(place: Place, unread: Unread) -> None:
    unread.gone = records.TURNS
    with pytest.raises(Refused), place.engine.act(BEGIN + 11 * DAY):
        pytest.fail("it could write a turn in the place of one")


def test_a_feed_is_not_made_of_a_world_that_is_not_whole(place: Place, unread: Unread) -> None:
    unread.gone = records.TURNS
    found = place.engine.plan(BEGIN + 11 * DAY)
    assert found.feeds == {}
    with pytest.raises(Refused):
        place.engine.feed_content(found.world, found.world.organisation.people["1"])


# --- where it raises while something is asked of all of them


def broken(*parts: object) -> World:
    people = [person(one) for one in ("1", "2")]
    return World(organisation(*people, relay=running()), SEEN).having(*parts)


def told(troubles: Troubles) -> list[tuple[str, str]]:
    return [(one.who, one.what) for one in troubles.found]


BOTH = RelayRecords(turns=Broken()), AmbassadorRecords(meetings=Broken())


def test_notices_of_a_programme_that_raises_cost_no_other_its_own() -> None:
    troubles, items = Troubles(), RevisitRecords(Broken())
    whole = {one.key for one in jobs.notices(broken())}
    assert whole
    assert {one.key for one in jobs.notices(broken(BOTH[0], items), troubles)} == whole
    assert {who for who, _ in told(troubles)} == {"relay", "revisit"}


def test_moments_of_a_programme_that_raises_hide_no_other() -> None:
    assert next_moment(broken(*BOTH)) == next_moment(broken())


def test_lines_of_a_programme_that_raises_cost_nobody_the_weekly_letter() -> None:
    world = broken(RelayRecords(turns=Broken(), learnings=Broken()))
    assert programme.lines(world, world.organisation.people["1"]) == ()


def test_outsiders_of_a_programme_that_raises_hide_no_other() -> None:
    home = broken(*BOTH, AmbassadorRecords(places=Broken()))
    world = replace(home, organisation=replace(home.organisation, contact_email="it@x.example"))
    assert [one.email for one in programme.outsiders(world).values()] == ["it@x.example"]


SUBJECT = "2027-02"
SLOT = Slot(uid=slot_uid(SUBJECT, "x"), starts=START + 29 * DAY, minutes=60, busy="busy", reminder_minutes=15)


def corps(channel: ChannelName, *records_of_others: object, places: Mapping[str, Any]) -> World:
    """In which a meeting of the corps stands that nobody is in any more."""
    meeting = CorpsMeeting(id=SUBJECT, starts=SLOT.starts, minutes=60)
    found = AmbassadorRecords(places=places, meetings={SUBJECT: meeting})
    return World(house(person("1", channel=channel)), START).having(found, *records_of_others)


@pytest.mark.parametrize(("places", "changed"), [({}, [("cancel", "corps-meeting")]), (Broken(), [])])
def test_what_was_mailed_of_a_programme_that_raises_is_not_called_off(
    places: Mapping[str, Any], changed: list[tuple[str, str]]
) -> None:
    known = Publication(uid=SLOT.uid, channel="invite", person_id="1", sequence=0, entry=SLOT, highest=0, of="slot")
    found = jobs.of_appointments(corps("invite", places=places), {known.key: known}, "x", Troubles())
    assert [(job.changes[0].kind, job.kind) for job in found] == changed


@pytest.mark.parametrize(("places", "turns", "whole"), [({}, {}, True), (Broken(), {}, False), ({}, Broken(), False)])
def test_what_stands_on_a_server_is_not_called_off_when_it_is_not_known_whose_it_is(
    places: Mapping[str, Any], turns: Mapping[str, Any], whole: bool
) -> None:
    world, troubles = corps("exchange", RelayRecords(turns=turns), places=places), Troubles()
    records_there = {"x/": MeetingState(key="x", person_id="", subject="x", stands=SLOT)}
    found = list(calls.of_meetings(world, "exchange", OnServer(meetings=records_there), {}, "x", troubles))
    assert (len(found), len(troubles.found)) == ((1, 0) if whole else (0, 1))


def test_no_agenda_is_made_while_something_is_not_known_that_could_stand_in_it() -> None:
    made = house(*(ambassador(one) for one in "12"))
    found = on(world(made, at("2026-12-28")), at("2027-01-19"))
    assert list(agenda_records.advance(found, RAISED).agendas) == ["corps/2027-02"]
    assert agenda_records.advance(replace(found, out=frozenset({"relay"})), RAISED).agendas == {}
