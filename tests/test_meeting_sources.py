"""Meetings that stand in somebody's calendar: read beside the tick, the last good copy kept."""

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from calendars.reading.source import read_meetings
from service.acts.approvals import refuse
from service.answers import check
from service.answers.status import status_lines, status_value
from service.daemon.once import once
from service.engine.carry_out import all_is_well
from service.engine.engine import Engine
from service.messages.faults import Refused
from service.relay.records import relay_records
from service.settings.inputs import organisation, read_inputs
from service.settings.meeting_losses import is_loss, missing
from service.settings.meeting_sources import accept, collect, kept_in
from tests.service_values import look, make_engine, row, write_config, write_people

pytestmark = pytest.mark.slow

ZONE = "Europe/Copenhagen"
TODAY = date(2027, 1, 4)
NOW = datetime(2027, 1, 4, 6, tzinfo=UTC)

CALENDAR = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:test
BEGIN:VEVENT
UID:{uid}
DTSTAMP:20261201T080000Z
DTSTART;TZID=Europe/Copenhagen:20270114T{hour}0000
DURATION:PT1H
RRULE:FREQ=WEEKLY;COUNT=6
SUMMARY:Afdelingsmøde
LOCATION:Lokale 4
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")

RELAY = """
[relay]
starts = 2026-11-30
enabled = true
[departments.plan.meeting]
ics = "{ics}"
"""


def place(folder: Path, ics: str = "møder.ics") -> Path:
    write_config(folder)
    with (folder / "config.toml").open("a", encoding="utf-8") as file:
        file.write(RELAY.format(ics=ics))
    write_people(folder, [row(1), row(2)])
    return folder / "config.toml"


def weekly(hour: str = "09") -> str:
    return CALENDAR.format(hour=hour, uid="one")


def write_calendar(folder: Path, hour: str = "09") -> None:
    (folder / "møder.ics").write_text(weekly(hour), "utf-8", newline="")


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Folders in which this calendar was read once, for each reading is a process of its own. Nobody writes in them."""

    @cache
    def read(calendar: str) -> Path:
        folder = tmp_path_factory.mktemp("read")
        config = place(folder)
        (folder / "møder.ics").write_text(calendar, "utf-8", newline="")
        collect(read_inputs(config).source, TODAY)
        return folder

    return read


Begin = Callable[[str], Path]


@pytest.fixture
def begin(tmp_path: Path, places: Callable[[str], Path]) -> Begin:
    """The config of a place of one's own in which this calendar was read."""

    def copied(calendar: str) -> Path:
        shutil.copytree(places(calendar), tmp_path, dirs_exist_ok=True)
        return tmp_path / "config.toml"

    return copied


def told(config: Path) -> tuple[list[str], list[str], list[str]]:
    """The first two meetings, the faults and the notes."""
    inputs = read_inputs(config)
    made, _ = organisation(inputs, {}, {}, TODAY)
    found = [f"{one.starts:%m-%d %H:%M} {one.place}" for one in made.meeting_plans["plan"].read[:2]]
    return found, [str(fault) for fault in inputs.faults], [str(note) for note in inputs.notes]


def meetings(config: Path) -> list[str]:
    return told(config)[0]


THURSDAYS = ["01-14 09:00 Lokale 4", "01-21 09:00 Lokale 4"]


def test_a_calendar_leads_and_gives_turns_their_slots(tmp_path: Path, begin: Begin) -> None:
    config = begin(weekly())
    assert meetings(config) == THURSDAYS
    engine = make_engine(tmp_path)
    engine.tick(NOW)
    turns = relay_records(engine.stored).turns.values()
    engine.close()
    assert [f"{turn.starts:%m-%d %H:%M}" for turn in turns] == ["01-21 09:00", "01-28 09:00"]


def test_before_it_was_read_the_department_has_no_meetings_and_that_is_said(tmp_path: Path) -> None:
    read, faults, _ = told(place(tmp_path))
    assert read == []
    assert faults == [
        (
            "config.toml, [departments.plan.meeting] ics: this calendar has not been read yet, so the department has no "
            "meetings. aikultur run reads it."
        )
    ]


def test_a_calendar_that_is_gone_or_broken_keeps_the_last_good_copy_and_is_said(tmp_path: Path, begin: Begin) -> None:
    config = begin(weekly())
    source = read_inputs(config).source
    (tmp_path / "møder.ics").write_text("<html>Log in</html>", "utf-8")
    collect(source, TODAY)
    read, faults, _ = told(config)
    assert (read, len(faults)) == (THURSDAYS, 1)
    (tmp_path / "møder.ics").unlink()
    collect(source, TODAY)
    read, faults, _ = told(config)
    assert read == THURSDAYS
    assert "møder.ics" in faults[0]
    write_calendar(tmp_path, "10")
    collect(source, TODAY)
    read, faults, _ = told(config)
    assert (read[0], faults) == ("01-14 10:00 Lokale 4", [])


def test_the_same_calendar_leaves_the_copy_as_it_is(begin: Begin) -> None:
    source = read_inputs(begin(weekly())).source
    before = kept_in(source, "plan").stat().st_mtime_ns
    collect(source, TODAY)
    assert kept_in(source, "plan").stat().st_mtime_ns == before


def test_a_running_service_sees_a_moved_calendar_at_its_next_look(tmp_path: Path, begin: Begin) -> None:
    begin(weekly())
    engine = make_engine(tmp_path)
    assert not engine.look(NOW)
    write_calendar(tmp_path, "13")
    collect(engine.inputs.source, TODAY)
    assert engine.look(NOW)
    engine.tick(NOW)
    turns = relay_records(engine.stored).turns.values()
    engine.close()
    assert [f"{turn.starts:%H:%M}" for turn in turns][:1] == ["13:00"]


def test_a_calendar_that_cannot_be_followed_is_one_departments_fault(tmp_path: Path, begin: Begin) -> None:
    config = begin(weekly())
    (tmp_path / "jura.ics").write_text(weekly().replace("WEEKLY;COUNT=6", "SECONDLY"), "utf-8")
    with config.open("a", encoding="utf-8") as file:
        file.write('[departments.jura.meeting]\nics = "jura.ics"\n')
    collect(read_inputs(config).source, TODAY)
    read, faults, _ = told(config)
    assert read == THURSDAYS
    assert faults == [
        'config.toml, [departments.jura.meeting] ics: none of its events can be read. "Afdelingsmøde" on 2027-01-14 is left out: its rule FREQ=SECONDLY cannot be followed.',
        "config.toml, [departments.jura.meeting] ics: this calendar has not been read yet, so the department has no meetings. aikultur run reads it.",
    ]  # fmt: skip


def test_a_file_of_meetings_that_is_not_whole_is_as_if_it_was_not_there_and_is_made_again(begin: Begin) -> None:
    config = begin(weekly())
    source = read_inputs(config).source
    for content, again in (("{", False), ("[]", True), ('{"meetings": [{"id": 1}]}', False), ('{"meetings": 7}', True)):
        kept_in(source, "plan").write_text(content, "utf-8")
        read, faults, _ = told(config)
        assert (read, len(faults)) == ([], 1)
        if again:
            collect(source, TODAY)
            assert told(config) == (THURSDAYS, [], [])


def test_meetings_are_shown_in_the_zone_that_the_config_says_now(begin: Begin) -> None:
    config = begin(weekly())
    text = config.read_text("utf-8").replace("[departments.plan]\n", '[departments.plan]\nzone = "Atlantic/Faroe"\n')
    config.write_text(text, "utf-8")
    assert meetings(config)[0] == "01-14 08:00 Lokale 4"


def test_any_key_of_a_department_is_a_file_in_the_folder(tmp_path: Path) -> None:
    source = read_inputs(place(tmp_path)).source
    folder = kept_in(source, "plan").parent
    assert [kept_in(source, key).parent for key in ("Plan/Byg", "..", "../../etc", "a.b", "\u00f8k")] == [folder] * 5


# --- what is left out is told, and costs nobody else


def calendar(*events: str) -> str:
    return "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *events, "END:VCALENDAR", ""])


def put(folder: Path, *events: str) -> None:
    (folder / "møder.ics").write_text(calendar(*events), "utf-8")


def single(day: int, *more: str, uid: str = "", month: int = 1) -> str:
    return "\n".join(
        [
            "BEGIN:VEVENT",
            f"UID:{uid or f'{month}-{day}'}",
            "SUMMARY:Afdelingsmøde",
            f"DTSTART;TZID=Europe/Copenhagen:2027{month:02}{day:02}T090000",
            "DURATION:PT1H",
            *more,
            "END:VEVENT",
        ]
    )


FIVE = [single(day) for day in (14, 15, 18, 19, 20)]
LEFT_OUT = (
    'config.toml, [departments.plan.meeting] ics: "Afdelingsmøde" on 2027-01-14 is left out: '
    "its rule FREQ=HOURLY cannot be followed."
)


def test_an_event_that_cannot_be_read_is_told_by_check_status_and_once_by_the_log_and_is_no_fault(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "aikultur")
    config = place(tmp_path)
    source = read_inputs(config).source
    for more in (25, 25, 15):
        put(tmp_path, single(14, "RRULE:FREQ=HOURLY"), single(more))
        collect(source, TODAY)
    assert told(config) == (["01-15 09:00 "], [], [LEFT_OUT])
    looked = check.look(config, NOW)
    assert looked.faults == ()
    assert LEFT_OUT in [str(note) for note in check.remarks(looked.inputs, looked.world)]  # which check tells as notes
    engine = make_engine(tmp_path)
    found = engine.tick(NOW)
    lines, well = list(status_lines(engine, NOW, "en", found)), all_is_well(engine, found)
    value = status_value(engine, NOW, found)
    engine.close()
    assert (f"Note: {LEFT_OUT}" in lines, well) == (True, True)
    assert [f"{note['file']}, {note['place']}: {note['said']}" for note in value["notes"]] == [LEFT_OUT]
    logged = [record.getMessage() for record in caplog.records if "left out" in record.getMessage()]
    assert (len(logged), {record.levelname for record in caplog.records}) == (1, {"INFO"})
    put(tmp_path, single(14), single(15))
    collect(source, TODAY)
    read, _, notes = told(config)
    assert (len(read), notes) == (2, [])


MANY = calendar(
    *(single(14, "RRULE:FREQ=HOURLY", uid=str(n)) for n in range(13)),
    single(15).replace("Europe/Copenhagen", "Hjemme"),
)
"""Thirteen that cannot be read, and one in a time zone that nobody knows."""


def test_what_is_left_out_is_said_in_danish_too(begin: Begin) -> None:
    notes = read_inputs(begin(MANY)).notes
    assert (
        notes[0]
        .said("da")
        .endswith('"Afdelingsmøde" den 2027-01-14 er udeladt: dens regel FREQ=HOURLY kan ikke følges.')
    )


def test_of_many_the_first_are_named_and_the_others_counted(begin: Begin) -> None:
    _, _, notes = told(begin(MANY))
    assert notes[:10] == [LEFT_OUT] * 10
    assert notes[10] == "config.toml, [departments.plan.meeting] ics: 3 more were left out."


def test_a_guessed_time_zone_is_told(begin: Begin) -> None:
    read, faults, notes = told(begin(MANY))
    assert (read, faults) == (["01-15 09:00 "], [])
    assert notes[11:] == [
        (
            'config.toml, [departments.plan.meeting] ics: nobody knows the time zone "Hjemme", so its times are taken for '
            "those of Europe/Copenhagen."
        )
    ]


def test_a_calendar_of_which_nothing_can_be_read_is_a_fault_and_the_last_copy_stays(
    tmp_path: Path, begin: Begin
) -> None:
    config = begin(calendar(*FIVE))
    put(tmp_path, single(14, "RRULE:FREQ=HOURLY"))
    collect(read_inputs(config).source, TODAY)
    read, faults, _ = told(config)
    assert len(read) == 2
    assert faults == [LEFT_OUT.replace(': "Afd', ': none of its events can be read. "Afd')]


# --- what is cancelled is an answer; what merely vanishes is held


def of_plan(engine: Engine) -> list[str]:
    """The days of the department's meetings, as the plan of the engine has them."""
    look(engine, NOW)
    plan = engine.plan(NOW).world.organisation.meeting_plans["plan"]
    return [f"{one.starts:%m-%d}" for one in plan.read]


def test_a_calendar_whose_meetings_are_all_cancelled_has_none(tmp_path: Path, begin: Begin) -> None:
    config = begin(calendar(*FIVE))
    put(tmp_path, *(one.replace("DURATION", "STATUS:CANCELLED\nDURATION") for one in FIVE))
    collect(read_inputs(config).source, TODAY)
    assert told(config) == ([], [], [])
    engine = make_engine(tmp_path)
    assert (of_plan(engine), engine.plan(NOW).held) == ([], ())
    engine.close()


def test_a_calendar_that_is_empty_for_a_while_keeps_the_last_copy_and_is_said(tmp_path: Path, begin: Begin) -> None:
    config = begin(calendar(*FIVE))
    put(tmp_path)
    collect(read_inputs(config).source, TODAY)
    read, faults, _ = told(config)
    assert len(read) == 2
    assert faults == [
        (
            "config.toml, [departments.plan.meeting] ics: there is no event in it at all. Look whether it is the right "
            "calendar, and shared with its details."
        )
    ]


def test_more_than_half_of_the_meetings_gone_at_once_are_held_until_somebody_approves(
    tmp_path: Path, begin: Begin
) -> None:
    config = begin(calendar(*FIVE))
    engine = make_engine(tmp_path)
    engine.tick(NOW)
    put(tmp_path, *FIVE[:2])
    collect(engine.inputs.source, TODAY, engine.tick(NOW).world.organisation)
    assert of_plan(engine) == ["01-14", "01-15", "01-18", "01-19", "01-20"]
    (held,) = engine.plan(NOW).held
    assert (held.kind, len(held.keys)) == ("meetings", 3)
    assert str(held.reason) == ("the calendar of plan has lost 3 of its 5 meetings to come, and does not call them off")
    assert not all_is_well(engine, engine.plan(NOW))
    assert told(config)[2] == [
        (
            "config.toml, [departments.plan.meeting] ics: it says nothing any more of 3 meetings of the last copy. "
            "aikultur plan says whether that waits for you."
        )
    ]
    with pytest.raises(Refused, match="its last copy stays"):
        refuse(engine, held, engine.plan(NOW), NOW)
    engine.stored.approve(held, NOW)
    assert of_plan(engine) == ["01-14", "01-15"]
    found = engine.tick(NOW)
    assert found.held == ()
    accept(engine.inputs.source, found.world.organisation)
    assert of_plan(engine) == ["01-14", "01-15"]
    assert told(config) == (["01-14 09:00 ", "01-15 09:00 "], [], [])
    assert engine.inputs.offers == {}
    engine.close()


def test_what_comes_back_is_as_if_it_had_never_gone(tmp_path: Path, begin: Begin) -> None:
    source = read_inputs(begin(calendar(*FIVE))).source
    for events, held in ((FIVE, 0), (FIVE[:2], 1), (FIVE[:2], 1), (FIVE, 0)):
        put(tmp_path, *events)
        collect(source, TODAY)
        engine = make_engine(tmp_path)
        assert (len(of_plan(engine)), len(engine.plan(NOW).held)) == (5, held)
        engine.close()


def is_held(before: list[str], after: list[str]) -> bool:
    """Whether a calendar that has become this one has lost too much."""
    span = (ZONE, date(2026, 12, 1), date(2027, 12, 31))
    was, now = (read_meetings(calendar(*events).encode(), "plan", *span) for events in (before, after))
    return is_loss(missing(was.meetings, was.events, now.meetings, now.said), was.meetings, TODAY)


WEEKLY = single(14, "RRULE:FREQ=WEEKLY;COUNT=6")


@pytest.mark.parametrize(
    ("before", "after", "held"),
    [
        (FIVE, FIVE[:3], False),  # two may go
        (FIVE[:3], FIVE[2:3], False),  # of any number
        (FIVE, FIVE[:2], True),
        (FIVE, [*FIVE[:2], single(21), single(22), single(25)], True),  # others do not make up for those that are gone
        (FIVE, [one.replace("UID:", "UID:new-") for one in FIVE], False),  # an export that gives each a new UID
        (FIVE, [one.replace("T090000", "T130000") for one in FIVE], False),  # moved
        (FIVE, [FIVE[0], *(one.replace("DURATION", "STATUS:CANCELLED\nDURATION") for one in FIVE[1:])], False),
        (FIVE, [FIVE[0], *(one.replace("SUMMARY:", "SUMMARY:Aflyst: ") for one in FIVE[1:])], False),
        (FIVE, [FIVE[0], *(one.replace("DURATION:PT1H", "RRULE:FREQ=HOURLY") for one in FIVE[1:])], True),  # not read
        ([WEEKLY], [WEEKLY.replace("COUNT=6", "COUNT=1")], False),  # ends earlier, and says so
    ],
)
def test_what_is_said_of_a_meeting_is_believed_and_what_is_not_said_is_not(
    before: list[str], after: list[str], held: bool
) -> None:
    assert is_held(before, after) == held


def test_what_cannot_be_read_any_more_is_missed_by_the_service_too(tmp_path: Path, begin: Begin) -> None:
    source = read_inputs(begin(calendar(*FIVE))).source
    put(tmp_path, FIVE[0], *(one.replace("DURATION:PT1H", "RRULE:FREQ=HOURLY") for one in FIVE[1:]))
    collect(source, TODAY)
    engine = make_engine(tmp_path)
    assert (len(of_plan(engine)), len(engine.plan(NOW).held)) == (5, 1)
    engine.close()


def test_a_series_that_leaves_days_out_says_so(tmp_path: Path, begin: Begin) -> None:
    config = begin(calendar(WEEKLY))
    days = ",".join(f"2027{day}T080000Z" for day in ("0121", "0128", "0204", "0211", "0218"))
    assert len(read_inputs(config).read_meetings["plan"]) == 6
    put(tmp_path, WEEKLY.replace("COUNT=6", f"COUNT=6\nEXDATE:{days}"))
    collect(read_inputs(config).source, TODAY)
    inputs = read_inputs(config)
    assert (len(inputs.read_meetings["plan"]), inputs.offers) == (1, {})


def test_two_that_go_are_believed_by_the_service(tmp_path: Path, begin: Begin) -> None:
    config = begin(calendar(*FIVE))
    put(tmp_path, *FIVE[2:])
    collect(read_inputs(config).source, TODAY)
    inputs = read_inputs(config)
    assert ([f"{one.starts:%d}" for one in inputs.read_meetings["plan"]], inputs.offers) == (["18", "19", "20"], {})


def test_meetings_that_are_over_are_not_missed(tmp_path: Path, begin: Begin) -> None:
    config = begin(calendar(*FIVE))
    put(tmp_path, single(20))
    collect(read_inputs(config).source, date(2027, 1, 19))
    inputs = read_inputs(config)
    assert ([f"{one.starts:%d}" for one in inputs.read_meetings["plan"]], inputs.offers) == (["20"], {})


def test_a_reader_of_another_version_reads_the_same_calendar_anew(tmp_path: Path, begin: Begin) -> None:
    config = begin(weekly())
    source = read_inputs(config).source
    kept = kept_in(source, "plan")
    content = (tmp_path / "møder.ics").read_bytes()
    older = hashlib.sha256(b"plan/Europe/Copenhagen/2027-01-04/" + content).hexdigest()
    kept.write_text(kept.read_text("utf-8").replace(json.loads(kept.read_bytes())["made_from"], older), "utf-8")
    kept.write_text(kept.read_text("utf-8").replace("Lokale 4", "Lokale 9"), "utf-8")
    collect(source, TODAY)
    assert meetings(config) == THURSDAYS


def test_a_run_for_cron_says_what_is_held_and_ends_with_1_and_notes_alone_do_not(tmp_path: Path) -> None:
    config = place(tmp_path)
    put(tmp_path, single(14, "RRULE:FREQ=HOURLY"), single(15), single(18), single(19), single(20))
    assert once(config, lambda: NOW, "en") == 0
    put(tmp_path, single(15))
    assert once(config, lambda: NOW + timedelta(minutes=5), "en") == 1
    put(tmp_path, single(15), single(18), single(19), single(20))
    assert once(config, lambda: NOW + timedelta(minutes=9), "en") == 0
