"""What is held about a person is shown to them, given to them and erased, and everybody is told of it beforehand."""

import gzip
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.answers.privacy import exported, held_about
from service.daemon.once import once
from service.engine.erasure import sweep
from service.engine.opening import opened
from service.engine.retention import archive_of
from service.messages.faults import Refused
from tests.cli_values import quiet
from tests.json_values import MONDAY, At
from tests.service_values import make_engine
from tests.small_example import ANNA, JENS, KAREN, METTE, few
from tests.test_lists import TURN, put_one_of_each

pytestmark = pytest.mark.slow

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
ADDRESS, NAME = "jens.moeller@groennebyrum.example", "Jens Møller"  # his number is JENS


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with three of its people and him, after its first letters and some acts of his."""
    folder = tmp_path_factory.mktemp("begun")
    few(folder, ANNA, METTE, KAREN, JENS)
    at = At(folder, language="en")
    at.do("run", "--once")
    at.do("people", "set", JENS, "--time", "09:15", "--level", "gentle")
    at.do("discoveries", "add", "It makes a checklist", "--person", JENS, "--show-name")
    at.do("concerns", "add", "Who sees what I write?")
    return folder


@pytest.fixture
def at(begun: Path, tmp_path: Path) -> At:
    """A copy of it, an hour later."""
    shutil.copytree(begun, tmp_path, dirs_exist_ok=True)
    return At(tmp_path, MONDAY + HOUR, "en")


def number(at: At) -> str:
    return str(at.json("privacy", "erase", JENS)["number"])


def erase(at: At) -> str:
    return at.do("privacy", "erase", JENS, number(at))


def later(at: At, since: timedelta) -> At:
    at = replace(at, now=MONDAY + since)
    at.do("run", "--once")
    return at


def mails(at: At) -> set[str]:
    return {file.name for file in (at.folder / "var/mail").iterdir()}


def standing(folder: Path) -> Iterator[tuple[str, str]]:
    """Whatever stands in the files of the service, but for letters in the folder that is their mailbox."""
    for file in (folder / "var").rglob("*"):
        if file.is_file() and file.parent.name != "mail":
            content = file.read_bytes()
            text = gzip.decompress(content) if file.name.endswith(".gz") else content
            yield file.relative_to(folder / "var").as_posix(), text.decode("utf-8", "replace")


def where(folder: Path) -> set[str]:
    """The files in which something of him stands."""
    return {
        name for name, text in standing(folder) if ADDRESS in text or NAME in text or re.search(rf'["/ ]{JENS}\b', text)
    }


def without_backups(at: At) -> None:
    """As when they have all become too old: a generation has its time from the computer's clock, whatever `now` is here."""
    with opened(at.folder / "config.toml") as engine:
        engine.database.forget(datetime.now(UTC) + DAY)


# --- shown and given


def test_what_is_held_is_told_table_by_table_in_words(at: At) -> None:
    said = at.do("privacy", "show", JENS)
    assert said.startswith(f"What aikultur holds about {NAME} (1036).")
    for line in (
        "What you have chosen: time, days, track, language, how many letters, breaks: 1",
        "  - at 09:15; a choice that only you are shown: on your own page, and in the export",
        "  Kept: as long as you work here, and 400 days after.",
        "  - the week's prompts (week 49)",
        "THE AI RELAY",
    ):
        assert line in said.splitlines()
    assert "  - 2026-11-30 07:00: Velkommen" in said  # as the clock there shows it
    assert "text: It makes a checklist" in said
    assert "Who sees what I write?" not in said
    assert "can be neither shown nor erased" in said
    assert "gentle" not in said


def test_in_danish_every_line_is_danish(at: At) -> None:
    said = replace(at, language="da").do("privacy", "show", JENS)
    assert "Hvad du har valgt: tid, dage, spor, sprog, hvor mange breve, pauser: 1" in said
    assert not re.search(r"\b(Why|Seen by|Kept|From|you|the)\b", said.replace("AI", ""))


def test_of_many_records_the_last_are_shown_and_all_where_they_are_asked_for(at: At) -> None:
    for hour in range(7):
        replace(at, now=MONDAY + hour * HOUR).do("people", "set", JENS, "--time", f"10:{hour}5"[:5].replace("65", "50"))
    few, every = at.do("privacy", "show", JENS), at.do("privacy", "show", JENS, "--all")
    assert "2 more before these: aikultur privacy show 1036 --all" in few or "3 more before these" in few
    assert "more before these" not in every
    assert len(every) > len(few)


def test_a_table_is_shown_given_and_erased_by_being_there(tmp_path: Path) -> None:
    """Every table that can hold somebody, each with a record of theirs."""
    few(tmp_path, ANNA, METTE, JENS)
    engine = make_engine(tmp_path)
    engine.tick(MONDAY)
    tables = put_one_of_each(engine, JENS) - {"people"}
    world = engine.snapshot(MONDAY)
    held = held_about(engine, world, world.organisation.people[JENS])
    assert held.tables.keys() >= tables
    given = exported(held, world.organisation.people.values(), MONDAY)["tables"]
    assert given.keys() == held.tables.keys()
    engine.close()


def test_who_others_are_is_theirs(tmp_path: Path) -> None:
    few(tmp_path, ANNA, METTE, JENS)
    engine = make_engine(tmp_path)
    engine.tick(MONDAY)
    put_one_of_each(engine, JENS)
    anna = {"person": JENS, "presenter": "1001", "why": {"level": 1, "among": 2, "tie": "lowest", "instead": ["1001"]}}
    engine.database.table("turns").put("plan-1", {**TURN, **anna, "deeds": []})
    engine.database.table("standings").put("plan", {"people": {JENS: {"turns": 1}, "1001": {"turns": 2}}})
    engine.database.table("publications").put("u@x/1001", event("1001", "anna.holm@groennebyrum.example"))
    world = engine.snapshot(MONDAY)
    held = held_about(engine, world, world.organisation.people[JENS])
    given = exported(held, world.organisation.people.values(), MONDAY)["tables"]
    engine.close()
    turn = given["turns"]["plan-1"]
    assert (turn["person"], turn["presenter"], turn["why"]["instead"]) == (JENS, "other-1", ["other-1"])
    assert given["standings"]["plan"]["people"] == {JENS: {"turns": 1}}
    assert given["publications"]["u@x/other-1"]["address"] == "other-1"
    assert given["publications"]["u@x/other-1"]["entry"]["presenter"] == JENS


def event(person: str, address: str) -> dict[str, Any]:
    """An event in somebody's calendar, at which he presents."""
    slot = {"uid": "u@x", "starts": "2026-12-03T09:00:00", "zone": "Europe/Copenhagen", "minutes": 20, "busy": "free"}
    return {"person": person, "address": address, "entry": {**slot, "presenter": JENS}, "intended": None}


def test_what_is_given_is_whole_and_says_nothing_of_others(at: At) -> None:
    at = later(at, 16 * DAY)  # turns are announced
    at.do("people", "set", JENS, "--channel", "invite")
    found = json.loads(at.do("privacy", "export", JENS))
    assert found["id"] == JENS
    assert found["tables"]["preferences"][JENS]["level"] == "gentle"
    (discovery,) = found["tables"]["discoveries"].values()
    assert discovery["text"] == "It makes a checklist"
    people = [one for one in at.json("people", "list") if one["id"] != JENS]
    texts = set(_texts({name: of for name, of in found["tables"].items() if name != "letters"}))
    assert [one["name"] for one in people if {one["id"], one["email"], one["name"]} & texts] == []


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (value, *value.split("/"))
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from (*_texts(name), *_texts(one))
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def test_a_file_is_written_for_its_owner_alone_and_none_is_overwritten(at: At) -> None:
    out = at.folder / "jens.json"
    assert at.do("privacy", "export", JENS, "--out", str(out)) == f"{out} is written. It is for {NAME} alone.\n"
    assert out.stat().st_mode & 0o777 == 0o600
    before = out.read_bytes()
    for words in (("export", JENS), ("notice",)):
        with pytest.raises(Refused, match="is there already and stays as it is"):
            at.do("privacy", *words, "--out", str(out))
    assert out.read_bytes() == before


# --- erased


def test_it_is_shown_with_a_number_and_nothing_is_written_by_that(at: At) -> None:
    before = dict(standing(at.folder))
    said = at.do("privacy", "erase", JENS)
    assert said.splitlines()[-1] == f"Erase exactly this with: aikultur privacy erase 1036 {number(at)}"
    assert "- discoveries that you told of: 1" in said.partition("What stays, without who it was:")[2]
    assert dict(standing(at.folder)) == before


def test_another_number_erases_nothing(at: At) -> None:
    shown = number(at)
    replace(at, now=at.now + HOUR).do("people", "set", JENS, "--time", "10:00")
    before = dict(standing(at.folder))
    with pytest.raises(Refused, match=f"is not what {shown} was shown for"):
        at.do("privacy", "erase", JENS, shown)
    assert dict(standing(at.folder)) == before


def test_nobody_is_erased_whom_the_config_names(at: At) -> None:
    (shown,) = re.findall(r"First: config.toml names Mette Lund: (.*)\. Write", at.do("privacy", "erase", "1015"))
    assert "organisation.contact_email" in shown
    again = at.json("privacy", "erase", "1015")
    with pytest.raises(Refused, match=r"config\.toml names Mette Lund"):
        at.do("privacy", "erase", "1015", again["number"])


def test_whoever_is_erased_gets_nothing_any_more_although_hr_names_them(at: At) -> None:
    erase(at)
    before = mails(at)
    for days in (1, 2, 7, 14, 21, 28):
        at = later(at, days * DAY)
    new = [(at.folder / "var/mail" / name).read_text("utf-8") for name in mails(at) - before]
    assert len(new) > 10
    assert [text for text in new if f"To: {ADDRESS}" in text or ADDRESS in text] == []
    assert JENS not in {one["id"] for one in at.json("people", "list")}
    assert "Rows of the people file that are left out" in at.do("people", "list")
    for words in (("why", JENS), ("history", JENS), ("privacy", "show", ADDRESS), ("people", "set", JENS, "--stop")):
        with pytest.raises(Refused, match="is nobody here"):
            at.do(*words)
    assert at("status").exit_code == 0


def test_a_new_surname_address_or_missing_number_brings_nobody_back(at: At) -> None:
    erase(at)
    people, before = at.folder / "people.csv", mails(at)
    text = people.read_text("utf-8")
    waited = list[float]()
    for day, (was, now) in enumerate(
        ((NAME, "Jens Holm"), ("1036;", ";"), (ADDRESS, "jens.holm@groennebyrum.example"))
    ):
        people.write_text(text.replace(was, now), "utf-8")
        moment = MONDAY + day * DAY + 3 * HOUR
        with quiet():
            once(at.folder / "config.toml", lambda moment=moment: moment, "en", waited.append)  # type: ignore[misc]
    assert waited == [
        10,
        10,
    ]  # a file that has changed is read when it has stood still; the first is new in this folder
    assert [name for name in mails(at) - before if name.startswith("jens")] == []


def test_it_is_one_line_of_the_journal(at: At) -> None:
    store = at.folder / "var/store"

    def lines() -> dict[str, int]:
        return {file.name: file.read_bytes().count(b"\n") for file in store.rglob("journal-*")}

    before, shown = lines(), number(at)
    at.do("privacy", "erase", JENS, shown)
    after = lines()
    ((name, count),) = before.items()
    assert after[name] - count in (1, 2)  # the change, and that it is on the disk


def test_nothing_of_them_is_on_the_disk_but_in_the_backups_of_a_week(at: At) -> None:
    assert {name.split("/")[0] for name in where(at.folder)} == {"store"} | {"spool"}
    erase(at)
    left = where(at.folder)
    assert left
    assert {name.rpartition("/")[0] for name in left} == {"store/backups"}
    at = later(later(at, 2 * DAY), 9 * DAY)
    without_backups(at)
    assert where(at.folder) == set()


def test_a_backup_that_is_put_back_brings_them_no_letter_and_is_erased_in_the_night_after(at: At) -> None:
    copies = at.folder / "copies"
    copy = at.json("store", "backup", "--to", str(copies))["files"][0]
    erase(at)
    at.do("store", "restore", copy)
    before = mails(at)
    at = later(at, 2 * HOUR)
    assert [one["state"] for one in at.json("people", "list") if one["id"] == JENS] == ["left"]
    at = later(at, DAY)
    assert JENS not in {one["id"] for one in at.json("people", "list")}
    for days in (7, 9, 16):
        at = later(at, days * DAY)
    assert [name for name in mails(at) - before if name.startswith("jens")] == []
    without_backups(at)
    assert where(at.folder) <= {"store/restored"}


def test_what_the_organisation_learned_stays_and_nobody_can_tell_whose_it_was(at: At) -> None:
    erase(at)
    (discovery,) = at.json("discoveries", "list")
    assert discovery["text"] == "It makes a checklist"
    assert NAME not in str(discovery)
    (stored,) = discoveries(at)
    assert re.fullmatch("erased-[0-9a-f]{10}", stored["person"])


def discoveries(at: At) -> list[dict[str, Any]]:
    engine = make_engine(at.folder)
    try:
        return [document for _, document in engine.database.storage.documents("discoveries")]
    finally:
        engine.close()


@pytest.mark.parametrize("address", [ADDRESS, "kaj@board.example"])
def test_whoever_was_asked_something_can_be_shown_it_and_erased_and_is_asked_no_more(at: At, address: str) -> None:
    at.do("recommendations", "add", "Buy it", "--reason", "It helps", "--to", f"Kaj Bo <{address}>")
    at.do("recommendations", "send", "rec-1")
    at = later(at, DAY)
    assert "Recommendations that were sent to you, and your answers: 1" in at.do("privacy", "show", address)
    at.do("privacy", "erase", address, at.json("privacy", "erase", address)["number"])
    before = mails(at)
    for days in (2, 7, 14, 21, 28, 35):
        at = later(at, days * DAY)
        assert at.json("status")["faults"] == []
    assert [name for name in mails(at) - before if name.startswith(address.partition("@")[0])] == []
    assert at.json("recommendations", "list")[0]["to_name"] == "–"


def test_what_others_wrote_of_them_is_named(at: At) -> None:
    at.do("discoveries", "add", f"{NAME} showed me a table", "--department", "plan")
    at.do("revisit", "add", "Minutes", "--what", "tool", "--rejected-by", NAME, "--reason", "Too dear")
    (other,) = [one for one in at.json("discoveries", "list") if NAME in one["text"]]
    shown = at.json("privacy", "erase", JENS)
    assert shown["named_by_others"] == [{"table": "discoveries", "key": other["id"]}]
    assert f"Look at it: discoveries {other['id']}" in erase(at)
    assert [one["rejected_by"] for one in at.json("revisit", "list")] == ["–"]


def test_what_was_written_without_a_name_stays(at: At) -> None:
    before = at.json("concerns", "list")
    erase(at)
    assert at.json("concerns", "list") == before != []


def test_an_invitation_is_called_off_first_and_then_the_rest_goes(at: At) -> None:
    at.do("people", "set", JENS, "--channel", "invite")
    at = later(at, DAY)
    said = erase(at)
    assert "In calendars, to be called off first: 1." in said
    before = mails(at)
    assert swept(at, DAY) == 0  # until it has gone
    at = later(at, DAY + HOUR)
    (cancelled,) = [(at.folder / "var/mail" / name).read_text("utf-8") for name in mails(at) - before]
    assert re.search('method="?CANCEL', cancelled)
    before = mails(at)
    at = later(at, 2 * DAY)
    assert {name.rpartition("/")[0] for name in where(at.folder)} == {"store/backups"}
    at = later(at, 3 * DAY)
    assert [name for name in mails(at) - before if name.startswith("jens")] == []


def test_what_no_server_takes_is_waited_for_two_weeks(at: At) -> None:
    at.do("people", "set", JENS, "--channel", "invite")
    at = later(at, DAY)
    erase(at)
    assert swept(at, 15 * DAY) == 0
    assert swept(at, 16 * DAY) == 1
    assert {name.rpartition("/")[0] for name in where(at.folder)} == {"store/backups"}


def swept(at: At, since: timedelta) -> int:
    """How many are forgotten in the night, when nothing has been sent."""
    with opened(at.folder / "config.toml") as engine:
        return sweep(engine, archive_of(engine), MONDAY + since)


# --- told


def test_staff_are_told_of_every_programme_that_is_on_and_of_no_other(at: At) -> None:
    config = at.folder / "config.toml"
    said = at.do("privacy", "notice")
    assert re.findall(r"^### (.*)$", said, re.MULTILINE) == [
        "The service itself",
        "The AI vitamin pill",
        "The AI relay",
        "The revisit list",
        "The AI ambassadors",
        "The leaders",
    ]
    text = config.read_text("utf-8")
    config.write_text(re.sub(r"(?ms)^(\[(?:relay|ambassadors)\]\n.*?^enabled = )true", r"\1false", text), "utf-8")
    less = at.do("privacy", "notice")
    assert re.findall(r"^### (.*)$", less, re.MULTILINE) == [
        "The service itself",
        "The AI vitamin pill",
        "The revisit list",
        "The leaders",
    ]
    assert "pass on a turn" in said
    assert "pass on a turn" not in less


def test_what_the_service_cannot_know_is_left_open(at: At) -> None:
    for language in ("da", "en"):
        said = replace(at, language=language).do("privacy", "notice")
        assert said.count("[") >= 6
        assert "Mette Lund (mette.lund@groennebyrum.example)" in said
        assert "400" in said
        assert "{" not in said
