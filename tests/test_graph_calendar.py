"""What a calendar in Microsoft 365 makes of answers: refused, gone, not to be read. The session is a script."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from calendars.channel import ChannelError
from calendars.microsoft365.calendar import GraphCalendar
from calendars.microsoft365.requests import Answer, Ask
from calendars.server.block_sync import DayChange
from tests.test_graph_events import WISH, answer, instance
from tests.test_standing import COPENHAGEN, THURSDAY, TODAY, TUESDAY, WEDNESDAY

ANNA = "anna@x.example"
GONE = Answer(status=404, gone=True)
DONE = Answer(status=200)
REFUSED = ChannelError(f"{ANNA}: refused.", cause="ErrorIrresolvableConflict")
DAYS = (TODAY, TUESDAY, WEDNESDAY, THURSDAY)


@dataclass
class Script:
    """A session that has these days, and answers to what is written with `says`, by the day's id; else all is done."""

    event: Mapping[str, Any] = field(default_factory=answer)
    says: Mapping[str, Answer | ChannelError] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def ask(self, address: str, asked: Ask) -> Answer:
        self.asked.append(f"{asked.method} {asked.path.rpartition('/')[2]}")
        return (
            Answer(status=201, body={"id": "series-1"})
            if asked.method == "POST"
            else Answer(status=200, body=self.event)
        )

    def ask_all(self, address: str, asked: Sequence[Ask], *, in_order: bool = False) -> list[Answer | ChannelError]:
        assert in_order == (asked[0].method != "GET")
        ids = [one.path.rpartition("/")[2] for one in asked]
        self.asked.append(f"{asked[0].method} {', '.join(ids)}")
        return [self.says.get(one, DONE) for one in ids]

    def pages(self, address: str, asked: Ask) -> Iterator[Mapping[str, Any]]:
        self.asked.append(f"LIST {asked.path.rpartition('/')[2]}")
        yield {"value": [instance(day) for day in DAYS[:2]]}
        yield {"value": [instance(day) for day in DAYS[2:]]}


def made(script: Script) -> GraphCalendar:
    calendar = GraphCalendar(script, ANNA)
    assert calendar.create("block-1", WISH, "Prøv det", 0) == "series-1"
    return calendar


def change(day: date, item: str = "") -> DayChange:
    starts = datetime.combine(day, time(12, 30), COPENHAGEN)
    return DayChange(day=day, number=1, item=item, starts=starts, ends=starts + timedelta(minutes=10), text="Nu")


def test_of_a_series_just_made_the_days_are_listed_once_for_all_that_is_written() -> None:
    script = Script()
    calendar = made(script)
    assert calendar.write_days("series-1", [change(TODAY), change(TUESDAY)]) == {}
    assert calendar.delete_days("series-1", {WEDNESDAY: 3, THURSDAY: 4}) == {}
    assert script.asked == [
        "POST events",
        "LIST instances",
        f"PATCH day-{TODAY}, day-{TUESDAY}",
        f"DELETE day-{THURSDAY}, day-{WEDNESDAY}",
    ]


def test_a_day_that_is_named_is_not_looked_for() -> None:
    script = Script()
    calendar = made(script)
    calendar.write_days("series-1", [change(TODAY, item="known")])
    assert script.asked[1:] == ["PATCH known"]


def test_what_could_not_be_written_is_said_by_day_and_what_is_gone_cannot_be_changed() -> None:
    script = Script(says={f"day-{TUESDAY}": REFUSED, f"day-{WEDNESDAY}": GONE})
    calendar = made(script)
    no_day = TODAY + timedelta(days=5)
    failed = calendar.write_days("series-1", [change(day) for day in (*DAYS, no_day)])
    gone = f"{ANNA}: what was to be changed is no longer in the calendar."
    assert failed == {TUESDAY: REFUSED.message, WEDNESDAY: gone, no_day: gone}


def test_a_day_that_is_gone_is_deleted() -> None:
    script = Script(says={f"day-{TUESDAY}": REFUSED, f"day-{WEDNESDAY}": GONE})
    no_day = TODAY + timedelta(days=5)
    days = {TUESDAY: 2, WEDNESDAY: 3, no_day: 6}
    assert made(script).delete_days("series-1", days) == {TUESDAY: REFUSED.message}


@pytest.mark.parametrize(
    "error", [ChannelError("busy", about="server"), ChannelError("busy", wait=timedelta(seconds=9))]
)
def test_what_is_about_more_than_single_days_ends_the_call(error: ChannelError) -> None:
    calendar = made(Script(says={f"day-{TUESDAY}": error}))
    with pytest.raises(ChannelError, match="busy"):
        calendar.write_days("series-1", [change(TODAY), change(TUESDAY)])


def test_days_as_the_series_has_them_are_shown_without_asking_for_their_words() -> None:
    script = Script()
    calendar = GraphCalendar(script, ANNA)
    calendar.read("series-1", "Europe/Copenhagen")
    shown = calendar.read_days("series-1", {TODAY: 1, THURSDAY: 4})
    assert {day: (one.item, one.title, one.text) for day, one in shown.items()} == {
        day: (f"day-{day}", "AI-tid", "Prøv det") for day in (TODAY, THURSDAY)
    }
    assert script.asked == ["GET series-1", "LIST instances"]


def test_a_day_that_differs_is_shown_with_its_own_words_wherever_it_was_moved_to() -> None:
    own = {**instance(WEDNESDAY, time(14, 0)), "subject": "Frokost", "body": {"contentType": "text", "content": "Brød"}}
    script = Script(says={f"day-{WEDNESDAY}": Answer(status=200, body=own)})
    calendar = GraphCalendar(script, ANNA)
    calendar.read("series-1", "Europe/Copenhagen")
    shown = calendar.read_days("series-1", {WEDNESDAY: 3})
    assert [(one.title, one.text) for one in shown.values()] == [("Frokost", "Brød")]
    assert script.asked == ["GET series-1", f"GET day-{WEDNESDAY}"]


def test_an_answer_that_cannot_be_read_is_one_sentence_about_that_mailbox() -> None:
    calendar = GraphCalendar(Script(event=answer(start=None)), ANNA)
    with pytest.raises(ChannelError) as caught:
        calendar.read("series-1", "Europe/Copenhagen")
    said = "in Microsoft 365's answer start is missing or cannot be read."
    assert (caught.value.message, caught.value.cause, caught.value.about) == (f"{ANNA}: {said}", said, "person")
