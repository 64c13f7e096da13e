"""Where a block stands or may stand, so that nobody has two."""

from datetime import UTC, datetime

from calendars.standing import Standing
from culture.vitamin import rules as vitamin
from culture.vitamin.timetable import VitaminRecords
from culture.world import World
from service.planning.calls import elsewhere
from service.planning.on_server import OnServer
from tests.culture_values import organisation, person

NOW = datetime(2027, 1, 4, 6, tzinfo=UTC)


def test_a_block_that_a_call_is_working_on_may_stand_on_the_server() -> None:
    assert elsewhere(OnServer(in_hand=frozenset({"7"})), {}, NOW) == {"7": "exchange"}


def test_a_block_of_which_nothing_stands_is_nowhere() -> None:
    assert elsewhere(OnServer(blocks={"7": Standing(person_id="7", key="k")}), {}, NOW) == {}


def test_nobody_gets_a_second_block_between_the_handing_over_of_a_call_and_its_first_note() -> None:
    world = World(organisation(person("7", channel="invite")), NOW)
    assert vitamin.block(world, world.organisation.people["7"]) is not None
    in_hand = world.having(VitaminRecords(elsewhere=elsewhere(OnServer(in_hand=frozenset({"7"})), {}, NOW)))
    assert vitamin.block(in_hand, world.organisation.people["7"]) is None


def test_a_meeting_that_a_call_is_working_on_may_stand_on_the_server() -> None:
    assert OnServer(in_hand=frozenset({"plan-1/7"})).standing_meetings() == {"plan-1/7"}
