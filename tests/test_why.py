"""`why` answers whoever asks "I got no letter", "I got two", "why now", "why not at twelve": each rule by its own code."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from culture.choice import Choice
from culture.notice import Notice
from culture.people import Person, Preference, Row
from culture.unsaid import Reason, Recall, Silence, Unsaid
from culture.vitamin.catalogue import GENERAL
from culture.vitamin.prompts import Given
from culture.vitamin.settings import Vitamin
from culture.vitamin.timetable import VitaminRecords
from culture.workdays import Closing, Span, Week
from culture.world import World
from service.answers.forecast import Coming
from service.answers.quiet import Quiet
from service.answers.why import Line, Remembered, ahead, days, past, preference_at, time_by
from service.answers.why_said import DAYS, LETTERS, Answer, day_rows, head, letter_rows, rules_said, value
from service.cli.app import as_data
from service.engine.unsaid import Then, silences, unsaid_to, why
from service.messages.translation import Sentence
from service.planning.calls import Call
from service.planning.fuse import Held
from store.archive import Folded
from store.letters import LetterRecord
from store.spool import Spooled
from tests.cli_values import Command
from tests.culture_values import organisation, person
from tests.service_values import approve_all, live, make_engine, row, write_config, write_people

ZONE = ZoneInfo("Europe/Copenhagen")
NOW = datetime(2026, 12, 11, 11, 0, tzinfo=UTC)
"""A Friday. Five weeks back is 6 November, two weeks on is Christmas Day."""

LONG_AGO = datetime(2026, 10, 1, 6, 0, tzinfo=UTC)
EVERY = [date(2026, 10, 1) + timedelta(days=n) for n in range(120)]
HISTORY = {
    ("plan", GENERAL): {
        day: Given(0, f"draft-{number}", "easy")
        for number, day in enumerate(day for day in EVERY if day.isoweekday() <= 5 and day <= NOW.date())
    }
}
WEEK = "2026-W48"
"""Its Monday is 23 November: its letter was due at seven that morning."""

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=ZONE)


def staff(**changes: Any) -> Person:
    return person("1", first_seen=LONG_AGO, **changes)


def world(one: Person, *, places: Mapping[str, Mapping[date, time]] = {}, now: datetime = NOW, **changes: Any) -> World:
    made = organisation(one, **changes)
    return World(made, now).having(VitaminRecords(history=HISTORY, places=places))


def known(one: Person, **changes: Any) -> Remembered:
    """Somebody whose letters all came, but for those of WEEK."""
    weeks = [Week.of(date(2026, 11, 2) + timedelta(weeks=n)) for n in range(6)]
    came = tuple(sent(f"tip/{week}/1") for week in weeks if str(week) != WEEK)
    row = Row(email=one.email, name=one.name, department=one.department)
    values: dict[str, Any] = {"person": one, "row": row, "letters": came}
    return Remembered(**(values | changes))


def sent(*notices: str, **changes: Any) -> Folded:
    week = Week.parse(notices[0].split("/")[1])
    at = datetime.combine(week.monday, time(7), ZONE)
    values: dict[str, Any] = {"state": "sent", "settled_at": at, "subject": "Ugens prompter", "kinds": ("tip",)}
    return Folded(**({"id": notices[0], "person": "1", "to": "1@x.example", "notices": notices} | values | changes))


def record(**changes: Any) -> LetterRecord:
    values: dict[str, Any] = {
        "id": "x",
        "person": "1",
        "to": "1@x.example",
        "kinds": ("tip",),
        "notices": (f"tip/{WEEK}/1",),
        "subject": "Ugens prompter",
        "transport": "smtp",
        "sender": "a@x.example",
        "next_attempt": None,
        "claimed_at": MONDAY,
        "spool": Spooled("2026-W48", 0, 1, 1),
        "counted": True,
        "expires": MONDAY + timedelta(days=1),
    }
    return LetterRecord(**(values | changes))


def unsaid(why: Reason) -> dict[str, Unsaid]:
    return {f"tip/{WEEK}/1": Unsaid(due=MONDAY, too_late=MONDAY + timedelta(days=1), why=why)}


def chose(day: int, *names: str, **values: Any) -> tuple[datetime, Choice]:
    """A choice on a day of November, at noon."""
    made = Choice(by="page", fields=names or tuple(values), chosen=Preference(**values))
    return datetime(2026, 11, day, 12, tzinfo=ZONE), made


AWAY = {"absences": {"1": (Span(date(2026, 11, 20), date(2026, 11, 29)),)}}
QUIET = {"closing": Closing(country="DK", quiet_weeks=frozenset({Week.parse(WEEK)}))}
CLOSED = {"closing": Closing(country="DK", spans=(Span(date(2026, 11, 23), date(2026, 11, 27)),))}
PARKED = record(state="parked", settled_at=MONDAY, said="550 no such user")

TEN: Mapping[str, tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    # What their letter of WEEK became: the code; what the person is, what is remembered, what the organisation is.
    "stopped": ("stopped-by", {}, {"choices": (chose(20, stopped=True), chose(30, stopped=False))}, {}),
    "paused": ("paused", {}, {"choices": (chose(20, pause_until=date(2026, 12, 1)),)}, {}),
    "absent": ("absent", {}, {}, AWAY),
    "quiet week": ("quiet-week", {}, {}, QUIET),
    "closed": ("closed", {}, {}, CLOSED),
    "two a week": ("cap", {}, {"unsaid": unsaid("cap")}, {}),
    "window": ("window", {}, {"unsaid": unsaid("window")}, {}),
    "fuse": ("held", {}, {"unsaid": unsaid("held")}, {}),
    "parked": ("parked", {}, {"letters": (PARKED,)}, {}),
    "the service was down": ("away", {}, {"silences": (Silence(since=MONDAY - timedelta(days=3), until=MONDAY + timedelta(days=4)),)}, {}),
    "refused": ("refused", {}, {"refused": {f"tip/{WEEK}/1": MONDAY}, "unsaid": unsaid("held")}, {}),
    "no address": ("no-mail", {"email": ""}, {}, {}),
    "newcomer": ("not-known", {"first_seen": datetime(2026, 11, 30, 6, tzinfo=UTC)}, {}, {}),
    "leaver": ("left", {"left": date(2026, 11, 20)}, {}, {}),
    "paused only since": ("unknown", {"pause_until": date(2027, 1, 4)}, {"choices": (chose(24, pause_until=date(2027, 1, 4)),)}, {}),
    "nobody knows": ("unknown", {}, {}, {}),
}  # fmt: skip


@pytest.mark.parametrize("name", TEN)
def test_each_has_the_reason_of_their_own_for_the_letter_that_did_not_come(name: str) -> None:
    code, of_person, remembered, of_place = TEN[name]
    one = replace(staff(), **of_person)
    found = past(world(one, **of_place), known(one, **remembered))
    (line,) = [line for line in found if Week.of(line.at.date()) == Week.parse(WEEK)]
    assert (line.kind, line.code) == ("tip", code)
    for language in ("da", "en"):
        (said,) = letter_rows([line], language)
        assert said["why"] != ""
        assert "{" not in said["why"]


def test_who_got_all_is_told_of_each_letter_and_of_no_reason() -> None:
    one = staff()
    found = past(world(one), known(one, letters=(*known(one).letters, sent(f"tip/{WEEK}/1"))))
    assert [(line.at.date().isoformat(), line.code) for line in found] == [
        ("2026-11-09", "sent"),
        ("2026-11-16", "sent"),
        ("2026-11-23", "sent"),
        ("2026-11-30", "sent"),
        ("2026-12-07", "sent"),
    ]


def test_what_another_letter_carries_has_come() -> None:
    one = staff()
    carried = sent(f"step/{WEEK}/1", f"tip/{WEEK}/1", kinds=("step", "tip"))
    other = sent(f"tip/{WEEK}/the-id-they-had-before")
    for letter in (carried, other):
        found = past(world(one), known(one, letters=(*known(one).letters, letter)))
        assert {line.code for line in found} == {"sent"}


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"state": "sent", "settled_at": MONDAY}, "sent", "Sent to 1@x.example."),
        ({"state": "sent", "settled_at": MONDAY, "in_doubt": 1}, "in-doubt", "the same letter may have come twice"),
        ({"state": "sent", "settled_at": MONDAY, "transport": "folder"}, "file", "sent to nobody"),
        ({"attempts": 2, "said": "451 later"}, "put-off", "451 later"),
        ({}, "on-its-way", "on its way to 1@x.example"),
        ({"state": "parked", "settled_at": MONDAY, "said": "550 no such user"}, "parked", "550 no such user"),
        ({"state": "dropped", "settled_at": MONDAY}, "dropped", "Given up"),
    ],
)
def test_what_became_of_a_letter_is_said_with_the_servers_words(changes: Any, code: str, words: str) -> None:
    one = staff()
    (line,) = [line for line in past(world(one), known(one, letters=(record(**changes),))) if line.letter]
    assert line.code == code
    assert words in letter_rows([line], "en")[0]["why"]


# --- days


def test_each_day_says_why_it_has_ten_minutes_or_none() -> None:
    one = staff(working_days=frozenset({1, 2, 3, 4}), time=time(9, 15))
    there = world(
        one,
        absences={"1": (Span(date(2026, 12, 14), date(2026, 12, 15)),)},
        vitamin=Vitamin(yields=True),
        closing=Closing(country="DK", spans=(Span(date(2026, 12, 21), date(2026, 12, 21)),)),
        places={"1": {date(2026, 12, 16): time(10, 0)}},
    )
    found = {day.day.day: day for day in days(there, known(one)) if day.day >= date(2026, 12, 11)}
    assert {day: one.code for day, one in found.items()} == {
        11: "day-off",
        12: "no-day",
        13: "no-day",
        14: "absent",
        15: "absent",
        16: "block",
        17: "block",
        18: "day-off",
        19: "no-day",
        20: "no-day",
        21: "closed",
        22: "block",
        23: "block",
        24: "block",
        25: "day-off",
    }
    assert found[16].data == {"at": time(10, 0), "usual": time(9, 15)}
    assert found[17].data == {"at": time(9, 15)}


def test_a_public_holiday_is_no_closed_day_of_the_organisations_own() -> None:
    found = {day.day: day.code for day in days(world(staff()), known(staff()))}
    assert (found[date(2026, 12, 24)], found[date(2026, 12, 25)]) == ("block", "holiday")


def test_who_has_no_address_is_told_that_and_not_of_a_channel() -> None:
    one = staff(email="", channel="none")
    found = {day.code for day in days(world(one), known(one)) if day.day.isoweekday() <= 5}
    assert found == {"no-mail", "holiday"}


def test_a_past_day_is_as_the_person_had_chosen_then() -> None:
    one = staff(channel="feed")
    choices = (chose(10, pause_until=date(2026, 11, 17)), chose(24, days=frozenset({1})), chose(27, "days"))
    codes = {day.day: day.code for day in days(world(one), known(one, choices=choices))}
    assert codes[date(2026, 11, 10)] == "paused"  # by noon it was
    assert (codes[date(2026, 11, 16)], codes[date(2026, 11, 17)]) == ("paused", "block")
    assert [codes[date(2026, 11, day)] for day in (23, 24, 25, 26, 27)] == [
        "block",
        "day-off",
        "day-off",
        "day-off",
        "block",
    ]


def test_what_was_chosen_before_the_first_choice_that_is_known() -> None:
    stopped = known(staff(), preference=Preference(), choices=(chose(24, stopped=False),))
    assert preference_at(stopped, MONDAY).stopped
    assert not preference_at(stopped, NOW).stopped
    late = known(staff(), preference=Preference(time=time(9)), choices=(chose(24, time=time(9)),))
    assert (preference_at(late, MONDAY).time, preference_at(late, NOW).time) == (None, time(9))


@pytest.mark.parametrize(
    ("by", "preference", "row", "vitamin"),
    [
        ("chosen", Preference(time=time(9)), time(8), (time(12), time(12))),
        ("people-file", Preference(), time(8), (time(12), time(12))),
        ("spread", Preference(), None, (time(12), time(13))),
        ("organisation", Preference(), None, (time(12), time(12))),
    ],
)
def test_it_is_said_who_decided_the_hour(by: str, preference: Preference, row: time | None, vitamin: Any) -> None:
    one = staff()
    read = Row(email=one.email, name=one.name, department="plan", time=row)
    there = world(one, vitamin=Vitamin(time=vitamin))
    assert time_by(there, known(one, preference=preference, row=read)) == by


# --- what comes


def comes(day: int, *notices: str) -> Coming:
    at = datetime(2026, 12, day, 7, 0, tzinfo=ZONE)
    letter = record(notices=notices, kinds=tuple(dict.fromkeys(key.split("/")[0] for key in notices)))
    other = record(person="2", notices=("tip/2026-W51/2",))
    return Coming(at=at, letters=(letter, other), calls=(), held=(), people={})


def test_what_comes_is_what_the_forecast_says_of_them_alone() -> None:
    one = staff()
    coming = [comes(14, "tip/2026-W51/1"), comes(21, "step/2026-12/1", "tip/2026-W52/1")]
    assert [(line.at.day, line.kind, line.code) for line in ahead(world(one), known(one), coming)] == [
        (14, "tip", "comes"),
        (21, "step", "comes"),
    ]


def test_what_a_calendar_server_is_asked_for_comes_without_a_letter() -> None:
    one, at = staff(), datetime(2026, 12, 14, 0, 0, tzinfo=ZONE)
    mine = Call(kind="prompt", channel="exchange", key="k", record="1", person=one, due=at)
    other = replace(mine, person=person("2"))
    coming = Coming(at=at, letters=(), calls=(other, mine), held=(), people={})
    found = ahead(world(one, now=NOW), known(one, letters=(sent("tip/2026-W51/1"), sent("tip/2026-W52/1"))), [coming])
    assert [(line.kind, line.code) for line in found] == [("prompt", "calendar")]


def test_what_will_be_held_is_said_when_it_begins_and_once() -> None:
    one = staff()
    held = Held(
        kind="tip", reason=Sentence("the first of this kind by smtp"), keys=("tip/2026-W51/1", "tip/2026-W51/2")
    )
    empty = Coming(at=datetime(2026, 12, 14, 7, 0, tzinfo=ZONE), letters=(), calls=(), held=(held,), people={})
    later = replace(empty, at=empty.at + timedelta(hours=5))
    found = ahead(world(one), known(one), [empty, later, comes(21, "tip/2026-W52/1")])
    assert [(line.at.day, line.code) for line in found] == [(14, "will-be-held"), (21, "comes")]
    assert "the first of this kind by smtp" in letter_rows(found, "en")[0]["why"]


def test_a_week_to_come_without_a_letter_says_why() -> None:
    one = staff(stopped=True, pause_until=date(2026, 12, 21))
    found = ahead(world(one), known(one, preference=Preference(stopped=True)), [])
    assert [(line.at.date().day, line.code) for line in found] == [(14, "paused"), (21, "stopped")]


# --- why something was too late


def late(**changes: Any) -> Notice:
    due = datetime(2026, 12, 7, 7, 0, tzinfo=ZONE)
    values: dict[str, Any] = {"kind": "tip", "period": "2026-W50", "person_id": "1", "due": due}
    return Notice(**({"too_late": due + timedelta(days=1)} | values | changes))


IN_TIME = datetime(2026, 12, 7, 12, 0, tzinfo=ZONE)
TAKEN_BACK = Recall(since=IN_TIME, until=IN_TIME + timedelta(hours=1))
TAKEN_UP_BEFORE = Recall(since=IN_TIME - timedelta(hours=9), until=IN_TIME - timedelta(hours=5))


@pytest.mark.parametrize(
    ("reason", "notice", "then", "letters"),
    [
        ("window", late(too_late=datetime(2026, 12, 7, 6, 59, tzinfo=ZONE), due=datetime(2026, 12, 6, 8, tzinfo=ZONE)), Then(last_tick=IN_TIME), 0),
        ("not-running", late(), Then(last_tick=datetime(2026, 12, 6, 23, tzinfo=ZONE)), 0),
        ("not-running", late(), Then(), 0),
        ("held", late(), Then(last_tick=IN_TIME, held={"tip": IN_TIME}), 0),
        ("held", late(), Then(last_tick=IN_TIME, waited={"tip/2026-W50/1": "held"}), 2),
        ("cap", late(), Then(last_tick=IN_TIME), 2),
        ("cap", late(), Then(last_tick=IN_TIME), 1),  # the second place is kept for what cannot wait
        ("cap", late(), Then(last_tick=IN_TIME, waited={"tip/2026-W50/1": "cap"}), 0),
        ("tomorrow", late(kind="eve"), Then(last_tick=IN_TIME, waited={"eve/2026-W50/1": "tomorrow"}), 0),
        ("server", late(), Then(last_tick=IN_TIME, down=IN_TIME), 0),
        ("pace", late(), Then(last_tick=IN_TIME, waited={"tip/2026-W50/1": "window"}), 0),
        ("recalled", late(), Then(last_tick=IN_TIME, recalls=(TAKEN_BACK,)), 0),
        ("pace", late(), Then(last_tick=IN_TIME, recalls=(TAKEN_UP_BEFORE,)), 0),
        ("pace", late(kind="eve"), Then(last_tick=IN_TIME), 2),  # not counted, so no week was full for it
    ],
)  # fmt: skip
def test_what_is_too_late_has_the_reason_of_the_tick_before(
    reason: str, notice: Notice, then: Then, letters: int
) -> None:
    assert why(world(staff()), notice, staff(), then, letters) == reason


@pytest.mark.slow
@pytest.mark.parametrize("restarted", [False, True])
def test_what_the_fuse_held_until_it_was_too_late_is_remembered_as_held(tmp_path: Path, restarted: bool) -> None:
    write_config(tmp_path, transport="smtp")
    write_people(tmp_path, [row(1)])
    engine = make_engine(tmp_path)
    first = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
    approve_all(engine, first)
    live(engine, first)
    live(engine, first + timedelta(days=7))
    if restarted:  # as cron does it: what the tick before knew is known from the store
        engine.close()
        engine = make_engine(tmp_path)
        engine.last_tick = first + timedelta(days=7)
    live(engine, first + timedelta(days=8))
    assert unsaid_to(engine.stored, "1") == {
        "tip/2026-W50/1": Unsaid(due=first + timedelta(days=7), too_late=first + timedelta(days=8), why="held")
    }
    engine.close()


@pytest.mark.slow
def test_a_letter_that_could_not_be_written_until_it_was_too_late_is_a_fault(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    first = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
    live(engine, first)
    (tmp_path / "own-templates/mail/da/vitamin").mkdir(parents=True)
    (tmp_path / "own-templates/mail/da/vitamin/tip.txt.j2").write_text("{{ nobody }}", "utf-8")
    live(engine, first + timedelta(days=6, hours=23))
    for hours in (0, 5, 20, 24):
        live(engine, first + timedelta(days=7, hours=hours))
    assert [one.why for one in unsaid_to(engine.stored, "1").values()] == ["fault"]
    engine.close()


@pytest.mark.slow
def test_a_note_that_cannot_be_made_costs_no_tick(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1), row(2)])
    engine = make_engine(tmp_path)
    first = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
    live(engine, first)
    engine.database.table("weeks").put("2026-W50/1", {"letters": "many"})
    live(engine, first + timedelta(days=6, hours=23))
    live(engine, first + timedelta(days=8))
    assert [one.why for one in unsaid_to(engine.stored, "1").values()] == ["fault"]
    assert [one.why for one in unsaid_to(engine.stored, "2").values()] == ["not-running"]
    engine.close()


@pytest.mark.slow
def test_that_the_service_did_not_run_is_remembered_with_what_it_cost(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    engine = make_engine(tmp_path)
    first = datetime(2026, 11, 30, 6, 0, tzinfo=UTC)
    live(engine, first)
    live(engine, first + timedelta(hours=26))  # a midnight's look and two hours: that is an idle service
    assert silences(engine.stored) == ()
    back = first + timedelta(days=8, hours=3)
    live(engine, back)
    assert silences(engine.stored) == (Silence(since=first + timedelta(hours=26), until=back),)
    assert [one.why for one in unsaid_to(engine.stored, "1").values()] == ["not-running"]
    assert unsaid_to(engine.stored, "2") == {}
    before = unsaid_to(engine.stored, "1")
    live(engine, back + timedelta(hours=1))
    assert unsaid_to(engine.stored, "1") == before
    engine.close()


@pytest.mark.slow
def test_the_command_answers_in_words_and_for_a_program(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    make_engine(tmp_path).close()
    here = Command(tmp_path)
    here("run", "--once")
    here("people", "set", "1", "--pause-until", "2090-01-02")
    said = here("why", "1")
    assert said.status == 0
    assert "De ti minutter er kl. 12:30: det gælder for alle, der ikke har valgt andet." in said.out
    assert "Holder selv pause til 2. januar 2090." in said.out
    found = json.loads(here("why", "1", "--json").out)
    assert (found["id"], found["time"], found["time_by"]) == ("1", "12:30:00", "organisation")
    assert {"code": "paused", "day": "2090-01-02"} in found["quiet"]


# --- how it is told


@pytest.fixture
def answer() -> Answer:
    one = staff(working_days=frozenset({1, 2, 3, 4}))
    away = {"1": (Span(date(2026, 11, 19), date(2026, 11, 30)), Span(date(2026, 12, 23), date(2026, 12, 27)))}
    there = world(one, absences=away, closing=Closing(country="DK", yearly=frozenset({(12, 24)})))
    row = Row(email=one.email, name=one.name, department="plan", working_days=one.working_days)
    remembered = known(one, row=row, letters=(record(state="sent", settled_at=MONDAY),))
    return Answer(
        world=there,
        known=remembered,
        days=tuple(days(there, remembered)),
        past=tuple(past(there, remembered)),
        ahead=tuple(ahead(there, remembered, [comes(14, "tip/2026-W51/1")])),
        quiet=(Quiet(code="stopped"),),
    )


def test_days_in_a_row_are_one_line_and_a_weekday_off_is_said_once(answer: Answer) -> None:
    assert [(row["when"], row["why"]) for row in day_rows(answer, "en")] == [
        ("every Friday", "A weekday off: not a working day of theirs, or not one that they chose."),
        ("2026-11-19 to 2026-11-30", "Away, by the list of absences."),
        ("2026-12-23", "Away, by the list of absences."),
        ("2026-12-24", "A closed day of the organisation."),
    ]


def test_weeks_in_a_row_without_a_letter_for_one_reason_are_one_line() -> None:
    at = MONDAY
    lines = [Line(at=at + timedelta(weeks=n), kind="tip", code="absent") for n in range(3)]
    (row,) = letter_rows(lines, "en")
    assert (row["when"], row["why"]) == ("2026-11-23 to 2026-12-07", "Away, by the list of absences.")


def texts(found: Any) -> Iterator[str]:
    if isinstance(found, Mapping):
        for part in found.values():
            yield from texts(part)
    elif isinstance(found, list | tuple):
        for part in found:
            yield from texts(part)
    elif not isinstance(found, str | int | None):
        yield as_data(found)


def test_a_program_gets_codes_and_days_and_moments_with_their_zone(answer: Answer) -> None:
    found = value(answer)
    assert len(found["days"]) == 50
    assert {day["code"] for day in found["days"]} <= {"block", *DAYS}
    assert {line["code"] for line in (*found["past"], *found["ahead"])} <= {*DAYS, *LETTERS}
    assert [day["day"].isoformat() for day in found["days"]][:2] == ["2026-11-06", "2026-11-07"]
    moments = [text for text in texts(found) if "T" in text]
    assert len(moments) > 3
    assert [text for text in moments if not text.endswith("+01:00")] == []


def test_who_got_two_in_a_week_is_told_what_counts(answer: Answer) -> None:
    (rule,) = rules_said(answer, "en")
    assert rule == (
        "The week's prompts come on the first day with ten minutes from Monday on, at 07:00. "
        "Letters leave on working days between 07:00 and 17:00."
    )
    (line,) = [line for line in answer.past if line.letter]
    two = replace(answer, past=(line, replace(line, at=line.at + timedelta(days=2), kind="eve")))
    assert list(rules_said(two, "en"))[1].startswith("Nobody gets more than two letters a week.")
    assert [one["counted"] for one in value(answer)["past"] if one["code"] == "sent"] == [True]
    eve = replace(answer, past=(replace(line, letter=record(state="sent", settled_at=MONDAY, kinds=("eve",))),))
    assert [one["counted"] for one in value(eve)["past"]] == [False]


def test_the_head_says_when_the_ten_minutes_are_and_why_then(answer: Answer) -> None:
    assert list(head(answer, "en")) == [
        "Person 1 (1), from 6 November 2026 to 25 December 2026:",
        "The ten minutes are at 12:30: that is so for everybody who chose nothing else.",
    ]
