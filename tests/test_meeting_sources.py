"""Meetings that stand in somebody's calendar: read beside the tick, the last good copy kept."""

from datetime import UTC, date, datetime
from pathlib import Path

from service.inputs import organisation, read_inputs
from service.meeting_sources import collect, kept_in
from tests.service_values import make_engine, row, write_config, write_people

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


def write_calendar(folder: Path, hour: str = "09", uid: str = "one") -> None:
    (folder / "møder.ics").write_text(CALENDAR.format(hour=hour, uid=uid), "utf-8", newline="")


def meetings(config: Path) -> list[str]:
    inputs = read_inputs(config)
    made, _ = organisation(inputs, {}, {}, TODAY)
    return [f"{one.starts:%m-%d %H:%M} {one.place}" for one in made.meeting_plans["plan"].read[:2]]


def faults(config: Path) -> list[str]:
    return [str(fault) for fault in read_inputs(config).faults]


def test_a_calendar_leads_and_gives_turns_their_slots(tmp_path: Path) -> None:
    write_calendar(tmp_path)
    config = place(tmp_path)
    collect(read_inputs(config).source, TODAY)
    assert meetings(config) == ["01-14 09:00 Lokale 4", "01-21 09:00 Lokale 4"]
    engine = make_engine(tmp_path)
    engine.tick(NOW)
    turns = engine.stored.relay().turns.values()
    engine.close()
    assert [f"{turn.starts:%m-%d %H:%M}" for turn in turns] == ["01-14 09:00", "01-21 09:00", "01-28 09:00"]


def test_before_it_was_read_the_department_has_no_meetings_and_that_is_said(tmp_path: Path) -> None:
    config = place(tmp_path)
    assert meetings(config) == []
    assert faults(config) == [
        (
            "config.toml, [departments.plan.meeting] ics: this calendar has not been read yet, so the department has no "
            "meetings. aikultur run reads it."
        )
    ]


def test_a_calendar_that_is_gone_or_broken_keeps_the_last_good_copy_and_is_said(tmp_path: Path) -> None:
    write_calendar(tmp_path)
    config = place(tmp_path)
    source = read_inputs(config).source
    collect(source, TODAY)
    (tmp_path / "møder.ics").write_text("<html>Log in</html>", "utf-8")
    collect(source, TODAY)
    assert meetings(config) == ["01-14 09:00 Lokale 4", "01-21 09:00 Lokale 4"]
    assert len(faults(config)) == 1
    (tmp_path / "møder.ics").unlink()
    collect(source, TODAY)
    assert meetings(config) == ["01-14 09:00 Lokale 4", "01-21 09:00 Lokale 4"]
    assert "møder.ics" in faults(config)[0]
    write_calendar(tmp_path, "10")
    collect(source, TODAY)
    assert (meetings(config)[0], faults(config)) == ("01-14 10:00 Lokale 4", [])


def test_the_same_calendar_leaves_the_copy_as_it_is(tmp_path: Path) -> None:
    write_calendar(tmp_path)
    source = read_inputs(place(tmp_path)).source
    collect(source, TODAY)
    before = kept_in(source, "plan").stat().st_mtime_ns
    collect(source, TODAY)
    assert kept_in(source, "plan").stat().st_mtime_ns == before


def test_a_running_service_sees_a_moved_calendar_at_its_next_look(tmp_path: Path) -> None:
    write_calendar(tmp_path)
    config = place(tmp_path)
    collect(read_inputs(config).source, TODAY)
    engine = make_engine(tmp_path)
    assert not engine.look()
    write_calendar(tmp_path, "13")
    collect(engine.inputs.source, TODAY)
    assert engine.look()
    engine.tick(NOW)
    turns = engine.stored.relay().turns.values()
    engine.close()
    assert [f"{turn.starts:%H:%M}" for turn in turns][:1] == ["13:00"]


def test_a_calendar_that_cannot_be_followed_is_one_departments_fault(tmp_path: Path) -> None:
    write_calendar(tmp_path)
    config = place(tmp_path)
    (tmp_path / "jura.ics").write_text(
        CALENDAR.format(hour="09", uid="one").replace("WEEKLY;COUNT=6", "SECONDLY"), "utf-8"
    )
    with config.open("a", encoding="utf-8") as file:
        file.write('[departments.jura.meeting]\nics = "jura.ics"\n')
    collect(read_inputs(config).source, TODAY)
    assert meetings(config) == ["01-14 09:00 Lokale 4", "01-21 09:00 Lokale 4"]
    assert faults(config) == [
        'config.toml, [departments.jura.meeting] ics: none of its events can be read. "Afdelingsmøde" on 2027-01-14 is left out: its rule FREQ=SECONDLY cannot be followed.',
        "config.toml, [departments.jura.meeting] ics: this calendar has not been read yet, so the department has no meetings. aikultur run reads it.",
    ]  # fmt: skip


def test_a_file_of_meetings_that_is_not_whole_is_as_if_it_was_not_there_and_is_made_again(tmp_path: Path) -> None:
    write_calendar(tmp_path)
    config = place(tmp_path)
    source = read_inputs(config).source
    collect(source, TODAY)
    for content in ("{", "[]", '{"meetings": [{"id": 1}]}', '{"meetings": 7}'):
        kept_in(source, "plan").write_text(content, "utf-8")
        assert (meetings(config), len(faults(config))) == ([], 1)
        collect(source, TODAY)
        assert (meetings(config), faults(config)) == (["01-14 09:00 Lokale 4", "01-21 09:00 Lokale 4"], [])


def test_meetings_are_shown_in_the_zone_that_the_config_says_now(tmp_path: Path) -> None:
    write_calendar(tmp_path)
    config = place(tmp_path)
    collect(read_inputs(config).source, TODAY)
    text = config.read_text("utf-8").replace("[departments.plan]\n", '[departments.plan]\nzone = "Atlantic/Faroe"\n')
    config.write_text(text, "utf-8")
    assert meetings(config)[0] == "01-14 08:00 Lokale 4"


def test_any_key_of_a_department_is_a_file_in_the_folder(tmp_path: Path) -> None:
    source = read_inputs(place(tmp_path)).source
    folder = kept_in(source, "plan").parent
    assert [kept_in(source, key).parent for key in ("Plan/Byg", "..", "../../etc", "a.b", "\u00f8k")] == [folder] * 5
