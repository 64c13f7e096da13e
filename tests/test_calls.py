"""Where a block stands or may stand, so that nobody has two; and which server is asked."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from calendars.event import block_key
from calendars.server.standing import BlockState
from culture.people import ChannelName
from culture.vitamin import rules as vitamin
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import VitaminRecords
from culture.world import World
from service.planning.calls import EventTexts, block_on, elsewhere, of_blocks, questions
from service.planning.on_server import OnServer
from tests.culture_values import organisation, person
from tests.test_standing import wish

NOW = datetime(2027, 1, 4, 6, tzinfo=UTC)


def test_a_block_that_a_call_is_working_on_may_stand_on_the_server() -> None:
    assert elsewhere(OnServer(in_hand={"7": "exchange"}), {}, NOW) == {"7": "exchange"}


def test_a_block_of_which_nothing_stands_is_nowhere() -> None:
    assert elsewhere(OnServer(blocks={"7": BlockState(person_id="7", key="k")}), {}, NOW) == {}


def test_nobody_gets_a_second_block_between_the_handing_over_of_a_call_and_its_first_note() -> None:
    world = World(organisation(person("7", channel="invite")), NOW)
    assert vitamin.block(world, world.organisation.people["7"]) is not None
    in_hand = world.having(VitaminRecords(elsewhere=elsewhere(OnServer(in_hand={"7": "exchange"}), {}, NOW)))
    assert vitamin.block(in_hand, world.organisation.people["7"]) is None


# Several servers. `feed` plays another one's channel here: what is tried only compares their names.

OTHER: ChannelName = "feed"


def standing(channel: ChannelName, **fields: Any) -> BlockState:
    return BlockState(person_id="7", key=block_key("7"), channel=channel, calls=3, **fields)


def keys(channel: ChannelName, theirs: ChannelName, known: BlockState) -> list[str]:
    """The calls on the server of `channel` for person 7, who has chosen `theirs`."""
    on_server = OnServer(blocks={"7": known})
    world = World(organisation(person("7", channel=theirs)), NOW)
    world = world.having(VitaminRecords(elsewhere=elsewhere(on_server, {}, NOW)))
    return [call.key for call in of_blocks(world, channel, on_server, {}, EventTexts(version="1"))]


def test_a_block_is_taken_away_on_the_server_it_stands_on_before_it_comes_on_another() -> None:
    stands = standing(OTHER, stands=wish())
    assert (keys(OTHER, "exchange", stands), keys("exchange", "exchange", stands)) == (["unblock/3/7"], [])


def test_where_nothing_stands_any_more_another_server_goes_on_counting_calls() -> None:
    gone = standing(OTHER)
    assert (keys(OTHER, "exchange", gone), keys("exchange", "exchange", gone)) == ([], ["block/3/7"])
    fresh = block_on("exchange", "7", gone)
    assert (fresh.channel, fresh.calls, fresh.key) == ("exchange", 3, gone.key)
    assert block_on(OTHER, "7", gone) is gone


def test_a_call_that_failed_on_a_server_that_is_not_there_any_more_waits_for_nothing() -> None:
    later = NOW + timedelta(hours=1)
    known = OnServer(blocks={"7": standing(OTHER, next_try=later)})
    assert (known.next_try(NOW, [OTHER]), known.next_try(NOW, ["exchange"])) == (later, None)
    assert ([*known.on(OTHER).blocks], [*known.on("exchange").blocks]) == (["7"], [])


def test_a_question_is_asked_of_the_server_that_knows_when_its_people_are_busy() -> None:
    yielding = Vitamin(time=(time(12), time(13)), yields=True)
    people = (person("7", channel="exchange"), person("8", channel="feed"))
    world = World(organisation(*people, vitamin=yielding), NOW)
    asked = [(question.channel, [one.id for one in question.people]) for question in questions(world, {})]
    assert asked == [("exchange", ["7"])]


def test_a_meeting_that_a_call_is_working_on_may_stand_on_the_server() -> None:
    assert OnServer(in_hand={"plan-1/7": "exchange"}).standing_meetings() == {"plan-1/7"}
