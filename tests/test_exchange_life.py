"""The life of blocks on a calendar server, Exchange and Microsoft 365 alike: what the service does with a week, an edit, a
person's hands.

The servers are our own, on loopback. Requests are counted by them.
"""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from culture.people import Preference
from service.answers.history import history_end, history_value
from tests import ews
from tests.exchange_house import ANNA, DAY, FIRST, FRIDAY, HOUR, THURSDAY, TUESDAY, WEDNESDAY, WEEK, House
from tests.server_office import WEEK_AT_NOON, office
from tests.server_values import KINDS, Kind, address, id_of, local, operations, server_engine
from tests.service_values import MONDAY, make_engine, row, write_people

pytestmark = pytest.mark.slow

NONE: list[str] = []


def week_at(clock: str, *, without: date | None = None) -> list[str]:
    return [f"{day} {clock}" for day in (FIRST, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY) if day != without]


def reminder_of(item: Any) -> int:
    """Minutes before the start, on either server."""
    if isinstance(item, ews.Item):
        return int(item.text("ReminderMinutesBeforeStart"))
    return int(item.fields["reminderMinutesBeforeStart"])


# --- what is written, and with how many requests


def test_a_block_is_created_silently_with_a_year_of_days_and_two_weeks_of_prompts(house: House) -> None:
    assert house.asked() == house.steps("log in", "find", "create", "write", "take out")
    assert house.days() == week_at("12:30")
    assert (house.series.subject, house.series.status, house.series.attendees) == (
        "AI-tid",
        house.kind.shown["free"],
        {},
    )
    titles = [text.partition("\n")[0] for _, _, text in house.shown(FIRST, FRIDAY + 2 * WEEK)]
    assert titles[:10] == house.prompts("da", 10)
    assert set(titles[10:]) == {"Tid til at prøve AI af i dit eget arbejde. Dagens prompt står i ugens brev."}
    last = max(occurrence.start.date() for occurrence in house.series.occurrences(MONDAY, MONDAY + 60 * WEEK))
    assert last == FIRST + timedelta(days=364)
    assert house.days(date(2026, 12, 24), date(2027, 1, 1)) == [f"2026-12-{day} 12:30" for day in (24, 28, 29, 30, 31)]
    assert house.server.mailbox(ANNA).received == []


def test_a_round_with_nothing_new_asks_nothing(standing: House) -> None:
    assert [standing.asked(MONDAY + n * timedelta(hours=6)) for n in range(1, 10)] == [NONE] * 9


def test_a_closed_day_is_taken_out_with_two_looks_and_one_write(standing: House) -> None:
    standing.edit(closed=f'"{WEDNESDAY}"')
    assert standing.asked() == standing.steps("find", "read", "our days", "take out")
    assert standing.days() == week_at("12:30", without=WEDNESDAY)
    assert standing.asked() == NONE


def test_an_absence_takes_days_out_and_a_shorter_one_brings_them_back_with_their_prompts(standing: House) -> None:
    before = standing.shown()
    standing.absent((TUESDAY, THURSDAY))
    standing.asked()
    assert [day for day, _, _ in standing.shown()] == ["11-30 12:30", "12-04 12:30"]
    standing.absent((TUESDAY, TUESDAY))
    assert standing.asked() == standing.steps("find again", "read", "our days", "delete", "create", "write", "take out")
    assert standing.shown() == [one for one in before if one[0] != "12-01 12:30"]
    standing.absent()
    standing.asked()
    assert (standing.shown(), standing.asked()) == (before, NONE)


def test_a_new_time_is_another_series_in_the_place_of_the_old_one(standing: House) -> None:
    before = standing.series.id
    standing.anna(at="08:30")
    assert standing.asked() == standing.steps("find", "read", "our days", "delete", "create", "write", "take out")
    assert (standing.days(), standing.series.id == before) == (week_at("08:30"), False)
    assert standing.asked() == NONE


def test_a_new_week_gets_its_prompts_with_two_looks_and_one_write(standing: House) -> None:
    before = standing.shown(FIRST, FRIDAY + WEEK)
    assert standing.asked(MONDAY + WEEK) == standing.steps("find", "read", "days", "write")
    after = standing.shown(FIRST, FRIDAY + 2 * WEEK)
    assert after[:10] == before
    assert len({text for _, _, text in after}) == 15
    assert [standing.asked(MONDAY + WEEK + n * DAY) for n in range(1, 7)] == [NONE] * 6


def test_history_says_when_the_calendar_was_written_last(standing: House) -> None:
    standing.asked(MONDAY + WEEK)
    standing.asked(MONDAY + WEEK + DAY)  # nothing to do, and so nothing is written
    found = standing.engine.plan(MONDAY + WEEK + DAY)
    anna = found.world.organisation.people["1"]
    assert list(history_end(standing.engine, found, anna, "en"))[:2] == [
        "The block stands in Outlook.",
        "Their calendar in Outlook was written last at 2026-12-07 07:00.",
    ]
    assert history_value(standing.engine, found, anna)["calendar"]["written"] == MONDAY + WEEK


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.channel)
@pytest.mark.parametrize(("weeks", "told"), [(0, 0), (1, 5), (3, 15)])
def test_as_many_weeks_have_prompts_as_the_config_says(tmp_path: Path, weeks: int, told: int, kind: Kind) -> None:
    with (
        kind.make([ANNA]) as server,
        server_engine(tmp_path, server, section=f"prompt_weeks = {weeks}") as engine,
    ):
        house = House(tmp_path, server, engine)
        house.asked()
        texts = [text for _, _, text in house.shown(FIRST, FIRST + 5 * WEEK)]
    assert [text == house.series.body for text in texts[:18]] == [False] * told + [True] * (18 - told)


def test_a_new_title_is_given_to_the_series_and_all_its_days(standing: House) -> None:
    item, before = standing.series.id, standing.shown()
    standing.edit(vitamin='title = { da = "Tech-tid" }')
    assert standing.asked() == standing.steps("find", "read", "words")
    assert (standing.series.id, standing.series.subject) == (item, "Tech-tid")
    assert standing.shown() == [(day, "Tech-tid", text) for day, _, text in before]
    assert standing.asked() == NONE


def test_another_language_changes_the_words_and_not_the_series(standing: House) -> None:
    item = standing.series.id
    standing.anna(language="en")
    assert standing.asked() == standing.steps("find", "read", "our days", "write", "words")
    assert standing.series.id == item
    assert standing.series.body.startswith("Time for trying AI in your own work.")
    assert {title for _, title, _ in standing.shown()} == {"AI time"}
    assert [text.partition("\n")[0] for _, _, text in standing.shown()] == standing.prompts("en", 5)
    assert all("Approved tools: " in text for _, _, text in standing.shown())
    assert (standing.days(), standing.asked()) == (week_at("12:30"), NONE)


def test_what_an_own_template_shows_of_its_reader_is_written_again_when_it_changes(house: House) -> None:
    text = (
        "{% set summary %}{{ title }}{% endset %}{{ reader.person.name }}, {{ reader.person.department }}, {{ title }}"
    )
    (house.folder / "own-templates" / "event").mkdir(parents=True)
    (house.folder / "own-templates" / "event" / "block.da.txt.j2").write_text(text, "utf-8")
    house.asked()
    assert house.series.body == "Anna Holm, plan, AI-tid"
    people = house.folder / "people.csv"
    people.write_text(people.read_text("utf-8").replace("Anna Holm", "Anna Lund"), "utf-8")
    house.asked(MONDAY + HOUR)
    assert house.series.body == "Anna Lund, plan, AI-tid"
    assert {body.partition("\n\n")[2] for _, _, body in house.shown()} == {"Anna Lund, plan, AI-tid"}
    house.edit(vitamin='title = { da = "Tech-tid" }')
    house.asked(MONDAY + 2 * HOUR)
    assert {body.partition("\n\n")[2] for _, _, body in house.shown()} == {"Anna Lund, plan, Tech-tid"}
    assert house.asked(MONDAY + 3 * HOUR) == NONE


def test_a_name_that_no_text_shows_writes_nothing(standing: House) -> None:
    people = standing.folder / "people.csv"
    people.write_text(people.read_text("utf-8").replace("Anna Holm", "Anna Lund"), "utf-8")
    assert standing.asked(MONDAY + HOUR) == NONE


def test_the_block_is_shown_as_the_config_says_with_its_reminder(standing: House) -> None:
    standing.edit(vitamin='show_as = "busy"\nreminder_minutes = 5')
    standing.asked()
    assert standing.series.status == standing.kind.shown["busy"]
    assert reminder_of(standing.series) == 5
    assert standing.days() == week_at("12:30")


def test_a_leavers_block_ends_with_their_last_day_and_its_past_stays(standing: House) -> None:
    standing.anna(left=f"{WEDNESDAY}")
    standing.asked()
    assert standing.days(FIRST, FRIDAY + WEEK) == week_at("12:30")[:3]
    assert standing.asked(MONDAY + 3 * DAY) == standing.steps("find again", "read", "mark over")
    assert (standing.ours(), standing.asked(MONDAY + 4 * DAY)) == ([], NONE)
    assert standing.days(FIRST, FRIDAY + WEEK) == week_at("12:30")[:3]


def test_who_is_no_longer_in_the_people_file_has_no_block(standing: House) -> None:
    (standing.folder / "people.csv").write_text(f"number;name;email;department\n2;Bo;{address(2)};plan\n", "utf-8")
    standing.asked(MONDAY + DAY)
    assert standing.days() == week_at("12:30")  # a row that is missing for one look takes nothing away
    standing.asked(MONDAY + 3 * DAY)  # a whole working day is over
    assert (standing.ours(), standing.days()) == ([], week_at("12:30")[:3])


def test_a_pause_takes_the_days_until_its_end_out_and_then_all_is_as_before(standing: House) -> None:
    standing.engine.stored.prefer("1", Preference(pause_until=FRIDAY))
    standing.asked()
    assert standing.days() == [f"{FRIDAY} 12:30"]
    assert standing.asked() == NONE
    standing.engine.stored.prefer("1", Preference())
    standing.asked()
    assert standing.days() == week_at("12:30")


def test_a_block_goes_from_the_server_before_it_comes_by_another_channel(standing: House) -> None:
    standing.engine.stored.prefer("1", Preference(channel="feed"))
    assert standing.asked() == standing.steps("find", "read", "delete")
    assert (standing.ours(), standing.counts()["standing"]) == ([], 0)
    standing.engine.stored.prefer("1", Preference(channel=standing.kind.channel))
    standing.asked()
    assert standing.days() == week_at("12:30")


def test_nothing_but_our_own_series_is_touched(standing: House) -> None:
    theirs = standing.anna_s.add(standing.series.start, standing.series.end, standing.series.subject)
    before = dict(theirs.fields)
    standing.anna(at="08:30")
    standing.asked()
    standing.engine.stored.prefer("1", Preference(channel="none"))
    standing.asked()
    assert standing.server.mailbox(ANNA).items == [theirs]
    assert (theirs.fields, theirs.change) == (before, 1)


def test_a_day_that_collides_is_written_where_anna_is_free(house: House) -> None:
    house.edit(vitamin='yield = true\ntime = "12:00-13:00"')
    starts = datetime(2026, 12, 4, 11, 45, tzinfo=UTC)
    house.server.hands(ANNA).add(starts, starts + timedelta(minutes=15), "Frokost")
    for n in range(3):
        house.asked(MONDAY + n * HOUR)
    ours = [f"{local(one):%m-%d %H:%M}" for one in house.series.occurrences(MONDAY, MONDAY + 5 * DAY)]
    assert ours == [*(f"{day:%m-%d} 12:50" for day in (FIRST, TUESDAY, WEDNESDAY, THURSDAY)), "12-04 12:35"]


# --- what Anna did herself


def ten_rounds_and_an_edit(house: House) -> None:
    """Ten reconciliations on as many days, with new weeks, new words and a closed day among them."""
    for n in range(10):
        if n == 4:
            house.edit(vitamin='title = { en = "AI hour" }', closed=f'"{FRIDAY + WEEK}"')
        if n == 6:
            file = house.folder / "config.toml"
            file.write_text(file.read_text("utf-8").replace("Det har du.", "Det har du selv."), "utf-8")
        house.asked(MONDAY + n * timedelta(hours=18))


def test_days_that_anna_deleted_moved_and_wrote_in_survive_ten_rounds_and_edits(standing: House) -> None:
    second, third, fourth = (TUESDAY + WEEK + n * DAY for n in range(3))
    standing.anna_s.delete_day(second)
    standing.anna_s.move_day(third, timedelta(hours=2))
    standing.anna_s.change_day(fourth, subject="Frokost med Bo", body="Husk brød")
    ten_rounds_and_an_edit(standing)
    week = standing.shown(FIRST + WEEK, FRIDAY + WEEK)
    assert [(day, title) for day, title, _ in week] == [
        ("12-07 12:30", "AI-tid"),
        ("12-09 14:30", "AI-tid"),
        ("12-10 12:30", "Frokost med Bo"),
    ]
    assert week[-1][2] == "Husk brød"
    assert "Det har du selv." in week[0][2]


def test_the_same_days_survive_a_new_time_and_an_absence_given_back(standing: House) -> None:
    standing.anna_s.delete_day(TUESDAY)
    standing.anna_s.move_day(WEDNESDAY, timedelta(hours=2))
    standing.anna_s.change_day(THURSDAY, subject="Frokost med Bo", body="Husk brød")
    standing.absent((FRIDAY, FRIDAY))
    standing.asked()
    standing.absent()
    standing.anna(at="08:30")
    standing.asked()
    assert standing.days() == [f"{FIRST} 08:30", f"{WEDNESDAY} 14:30", f"{THURSDAY} 12:30", f"{FRIDAY} 08:30"]
    assert (standing.day(THURSDAY).subject, standing.day(THURSDAY).body) == ("Frokost med Bo", "Husk brød")
    assert standing.asked() == NONE


def chooses(house: House, at: str) -> None:
    """What Anna does on her page."""
    house.engine.stored.prefer("1", Preference(time=time.fromisoformat(at)))


def test_a_series_that_anna_deleted_stays_away_for_ten_rounds_and_edits_until_she_chooses_anew(
    standing: House,
) -> None:
    standing.anna_s.delete_series()
    ten_rounds_and_an_edit(standing)
    now = MONDAY + 8 * DAY
    standing.anna(at="09:30")
    assert standing.asked(now) == NONE
    assert (standing.ours(), standing.counts(now)) == ([], {"standing": 0, "left": 1, "failing": 0})
    chooses(standing, "08:30")
    standing.asked(now)
    assert standing.days(FRIDAY - DAY + WEEK, FRIDAY - DAY + WEEK) == [f"{THURSDAY + WEEK} 08:30"]
    assert standing.counts(now) == {"standing": 1, "left": 0, "failing": 0}


def test_a_series_in_deleted_items_counts_as_deleted(standing: House) -> None:
    standing.asked(MONDAY + WEEK)  # the calendar's own id is known by now
    standing.anna_s.bin_series()
    standing.anna(at="08:30")
    standing.asked(MONDAY + WEEK)
    assert (standing.days(FIRST, FIRST + 3 * WEEK), len(standing.server.mailbox(ANNA).occurrences(MONDAY, MONDAY))) == (
        [],
        0,
    )
    assert standing.counts(MONDAY + WEEK) == {"standing": 0, "left": 1, "failing": 0}


def test_a_series_that_anna_moved_stays_there_for_ten_rounds_and_edits_until_she_chooses_anew(
    standing: House,
) -> None:
    item = standing.series.id
    standing.anna_s.move_series(timedelta(hours=3))
    ten_rounds_and_an_edit(standing)
    now = MONDAY + 8 * DAY
    standing.anna(at="09:30")
    assert standing.asked(now) == NONE
    assert (standing.series.id, standing.series.deleted, standing.series.overrides) == (item, set(), {})
    assert standing.days(TUESDAY + WEEK, TUESDAY + WEEK) == [f"{TUESDAY + WEEK} 15:30"]
    assert standing.counts(now) == {"standing": 1, "left": 1, "failing": 0}
    chooses(standing, "08:30")
    standing.asked(now)
    assert standing.days(TUESDAY + WEEK, TUESDAY + WEEK) == [f"{TUESDAY + WEEK} 08:30"]


def test_a_text_that_anna_wrote_over_the_series_stays_when_ours_changes(standing: House) -> None:
    standing.anna_s.change_series(body="Mit eget")
    standing.anna(language="en")
    standing.asked()
    assert (standing.series.subject, standing.series.body) == ("AI time", "Mit eget")


def test_a_changed_series_goes_when_its_channel_does(standing: House) -> None:
    standing.anna_s.move_series(timedelta(hours=3))
    standing.asked(MONDAY + WEEK)
    standing.engine.stored.prefer("1", Preference(channel="none"))
    standing.asked(MONDAY + WEEK)
    assert (standing.ours(), standing.counts(MONDAY + WEEK)) == ([], {"standing": 0, "left": 0, "failing": 0})
    assert standing.days(FIRST, FIRST + 9 * WEEK) == week_at("15:30")


def test_what_is_known_of_a_block_survives_a_restart(standing: House) -> None:
    standing.anna_s.delete_day(TUESDAY)
    standing.anna(at="08:30")
    standing.asked()
    known = standing.engine.stored.block("1")
    standing.engine.close()
    standing.engine = make_engine(standing.folder)
    assert known is not None
    assert (known.item, len(known.days), [one.day for one in known.own]) == (id_of(standing.series), 9, [TUESDAY])
    assert (standing.engine.stored.block("1"), standing.asked()) == (known, NONE)
    standing.engine.close()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.channel)
def test_a_block_of_a_store_that_was_lost_is_found_by_its_key_and_gone_on_with(tmp_path: Path, kind: Kind) -> None:
    """So is one that came to Microsoft 365 with its mailbox, from an Exchange server: it has the same key."""
    found = []
    with kind.make([ANNA]) as server:
        for name in ("before", "after"):
            (tmp_path / name).mkdir()
            with server_engine(tmp_path / name, server) as engine:
                house = House(tmp_path / name, server, engine)
                house.asked()
                found.append((house.series.id, house.days(), house.counts()["standing"]))
        assert found == [(house.series.id, week_at("12:30"), 1)] * 2
        assert server.mailbox(ANNA).items == [house.series]


# --- replies that are lost, and requests that are counted


WRITES = {
    "exchange": {
        "create": ("CreateItem", 0),
        "write": ("UpdateItem", 0),
        "take out": ("DeleteItem", 0),
        "delete": ("DeleteItem", 0),
    },
    "microsoft365": {
        "create": ("POST events", 0),
        "write": ("POST $batch", 0),
        "take out": ("POST $batch", 1),
        "delete": ("DELETE events/{id}", 0),
    },
}
"""As which request each step comes, and behind how many like it."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.channel)
@pytest.mark.parametrize(
    ("change", "step"),
    [
        ("create", "create"),
        ("create", "write"),
        ("create", "take out"),
        ("time", "delete"),
        ("time", "create"),
        ("time", "write"),
        ("time", "take out"),
        ("away", "delete"),
    ],
)
def test_a_lost_reply_is_resolved_by_the_key_and_makes_no_second_series(
    tmp_path: Path, change: str, step: str, kind: Kind
) -> None:
    operation, skip = WRITES[kind.channel][step]
    with office(tmp_path, 1, kind=kind) as found:
        if change != "create":
            found.asked()
        if change == "time":
            write_people(tmp_path, [row(1, at="08:30")])
            skip += operation == "POST $batch"  # the days are looked at first
        if change == "away":
            found.engine.stored.prefer("1", Preference(channel="none"))
        found.server.add_faults(kind.fault("lost", operation=operation, skip=skip))
        for n in range(1, 3):  # the reply is lost, and what came of it is found
            found.clock.seconds += 600
            found.asked(MONDAY + n * HOUR)
        expected = {"create": [WEEK_AT_NOON], "time": [[f"{day[:10]} 08:30" for day in WEEK_AT_NOON]], "away": [[]]}
        assert [one.code for one in found.server.log].count("lost") == 1
        assert found.served(1) == expected[change]
        assert (len(found.ours()), found.trouble(), found.asked(MONDAY + 5 * HOUR)) == (change != "away", None, [])


EACH = {"exchange": (1, (4, 8, 11)), "microsoft365": (0, (5, 9, 13))}
"""Requests to be let in, and for each person: created, by the second week, by the third."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.channel)
def test_requests_are_counted_for_each_person(tmp_path: Path, kind: Kind) -> None:
    with office(tmp_path, 3, kind=kind) as found:
        own, counts = EACH[kind.channel]
        for week, count in enumerate(counts):
            found.asked(MONDAY + 7 * week * DAY)
            assert len(operations(found.server)) == own + 3 * count
