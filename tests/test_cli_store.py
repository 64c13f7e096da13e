"""`aikultur store`: looking, copying, putting back, and why nothing is sent twice afterwards."""

import json
import os
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from calendars.record import to_publication
from mailer.folder.transport import FolderTransport
from mailer.outbox import deliver_one, waiting_letters
from service.acts.letters import retry
from service.cli.app import App
from service.cli.main import complete
from service.cli.store_commands import store
from service.engine.engine import Engine
from service.engine.restore_policy import held
from service.messages.translation import translations
from store import records
from store.daemon import Daemon
from store.database import open_database
from store.restore import records_in, restore
from tests.cli_values import IN_ENGLISH, Command, example
from tests.service_values import (
    MONDAY,
    approve_all,
    claim_all,
    held_keys,
    keys,
    make_engine,
    row,
    write_config,
    write_people,
)
from tests.test_words import help_texts

pytestmark = pytest.mark.slow

HOUR = timedelta(hours=1)


@pytest.fixture
def aikultur(tmp_path: Path) -> Command:
    """A folder with the example, in English, and a store with three records, two of them after a while."""
    place = example(tmp_path)
    place.edit("config.toml", IN_ENGLISH)
    with open_database(tmp_path / "var/store") as db:
        for key in "abc":
            db.table("t").put(key, {})
    return place


def records_of(place: Command) -> list[str]:
    with open_database(place.folder / "var/store") as db:
        found: list[str] = db.table("t").keys()
    return found


def damage(place: Command, line: int) -> None:
    file = place.folder / "var/store/journal-1"
    lines = file.read_bytes().splitlines(keepends=True)
    lines[line - 1] = lines[line - 1].replace(b"{}", b"[]")
    file.write_bytes(b"".join(lines))


def test_the_help_has_danish_twins() -> None:
    assert sorted(set(help_texts(store)) - translations("da").keys()) == []


def test_verify_says_what_there_is(aikultur: Command) -> None:
    said = aikultur("store", "verify")
    assert (said.status, said.err) == (0, "")
    assert re.sub(r"\d{4}-\S+ \S+", "WHEN", re.sub(r"\d+ bytes", "N bytes", said.out)).splitlines() == [
        "Generation 1, N bytes: any moment from WHEN to WHEN",
        "t: 3 records",
        "Letters as they were sent: N bytes.",
        "Everything is whole.",
    ]
    value = json.loads(aikultur("store", "verify", "--json").out)
    assert (value["whole"], value["tables"], value["faults"]) == (True, {"t": 3}, [])


def test_verify_says_damage_and_a_way_out_that_works(aikultur: Command) -> None:
    damage(aikultur, 5)
    said = aikultur("store", "verify")
    assert said.status == 1
    fault, way_out = said.err.splitlines()
    assert fault.startswith(f"{aikultur.folder}/var/store/journal-1, line 5: the checksum says ")
    moment = re.fullmatch(r'The last moment that can be put back: aikultur store restore --at "(.*)"', way_out)
    assert moment is not None
    assert json.loads(aikultur("store", "verify", "--json").out)["whole"] is False
    done = aikultur("store", "restore", "--at", moment[1])
    assert (done.status, done.out.splitlines()) == (
        0,
        [
            f"The records are again as they stood at {moment[1]}.",
            f"What stood there before is in {aikultur.folder}/var/store/backups/before-2/journal-1.",
            f"What stood there before is in {aikultur.folder}/var/store/backups/before-2/snapshot-1.",
            "What was sent stays known. Letters by a mail server wait for your approval: aikultur plan, aikultur apply.",
        ],
    )
    assert (records_of(aikultur), aikultur("store", "verify").status) == (["a"], 0)


def test_verify_says_which_waiting_letter_has_lost_its_bytes(tmp_path: Path) -> None:
    engine = sending(tmp_path)
    letters = claim_all_of(engine)
    engine.close()
    shutil.rmtree(tmp_path / "var/spool")
    said = Command(tmp_path)("store", "verify")
    assert (said.status, sorted(line.split()[1] for line in said.err.splitlines())) == (
        1,
        sorted(letter[:12] for letter in letters),
    )


def test_verify_where_there_is_no_store_makes_none(tmp_path: Path) -> None:
    write_config(tmp_path)
    said = Command(tmp_path)("store", "verify")
    assert (said.status, said.err) == (1, f"{tmp_path}/var: Her er ikke gemt noget endnu.\n")
    assert not (tmp_path / "var").exists()


def test_backup_begins_a_generation_and_copies_what_a_new_machine_needs(tmp_path: Path) -> None:
    engine = sending(tmp_path)
    letters = claim_all_of(engine)
    engine.close()
    (tmp_path / "var/secret").write_text("0" * 64)
    (tmp_path / "var/secret").chmod(0o600)
    value = json.loads(Command(tmp_path)("store", "backup", "--to", "copy", "--json").out)
    copy = tmp_path / "copy"
    assert (value["generation"], [Path(file).name for file in value["files"]]) == (
        2,
        ["records-000002-00000002", "secret", "2026-W49"],
    )
    assert {path.stat().st_mode & 0o077 for path in [copy, *copy.rglob("*")]} == {0}

    new = tmp_path / "new"
    new.mkdir()
    for name in ("config.toml", "people.csv"):
        shutil.copy(tmp_path / name, new / name)
    shutil.copytree(copy / "spool", new / "var/spool")
    shutil.copy(copy / "secret", new / "var/secret")
    said = Command(new)("store", "restore", str(copy / "records-000002-00000002"))
    assert said.status == 0
    engine = make_engine(new)
    assert sorted((letter.id, letter.state) for letter in engine.letters()) == sorted(
        (one, "claimed") for one in letters
    )
    engine.close()
    assert Command(new)("store", "verify").status == 0


def test_compact_says_how_much_it_was_worth(aikultur: Command) -> None:
    first, second = aikultur("store", "compact"), aikultur("store", "compact")
    assert re.fullmatch(r"From \d+ to \d+ bytes\.\n", first.out)
    assert second.out == "There is nothing to compact.\n"
    assert (json.loads(aikultur("store", "compact", "--json").out)["done"], records_of(aikultur)) == (
        False,
        ["a", "b", "c"],
    )


def test_restore_refuses_while_the_service_runs(aikultur: Command) -> None:
    with Daemon(aikultur.folder / "var", pid=os.getpid(), started=datetime(2026, 12, 1, tzinfo=UTC)):
        said = aikultur("store", "restore", "--at", "2020-01-01")
    assert (said.status, f"process {os.getpid()}" in said.err) == (1, True)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        ((), 2, 'Write either a FILE or --at with a moment: --at "2026-11-24 12:00".'),
        (
            ("config.toml", "--at", "2026-11-24"),
            2,
            'Write either a FILE or --at with a moment: --at "2026-11-24 12:00".',
        ),
        (("--at", "noon"), 2, '--at: "noon" is not a moment. Write for example "2026-11-24 12:00".'),
        (("--at", "2999-01-01"), 2, "--at: 2999-01-01 lies ahead. Write a moment that is over."),
    ],
)
def test_restore_says_what_to_write_instead(aikultur: Command, words: tuple[str, ...], status: int, says: str) -> None:
    said = aikultur("store", "restore", *words)
    assert (said.status, said.err) == (status, f"{says}\n")


def test_a_moment_without_an_offset_is_in_the_organisations_zone(aikultur: Command) -> None:
    said = aikultur("store", "restore", "--at", "2020-06-01 12:00")
    assert said.err.startswith(f"{aikultur.folder}/var/store: nothing here reaches so far back. The oldest moment is 2")
    with open_database(aikultur.folder / "var/store") as db:
        began = db.began
    local = f"{began.astimezone(ZoneInfo('Europe/Copenhagen')):%Y-%m-%d %H:%M:%S}"
    assert aikultur("store", "restore", "--at", local).status == 0


def test_a_file_that_is_no_snapshot_is_refused_and_nothing_is_touched(aikultur: Command) -> None:
    said = aikultur("store", "restore", "people.csv")
    assert (said.status, said.err.partition(":")[0]) == (1, "people.csv, line 1")
    assert records_of(aikultur) == ["a", "b", "c"]


# Nothing twice


def sending(folder: Path) -> Engine:
    """An engine whose first letters by a mail server are approved and not yet claimed."""
    write_config(folder, transport="smtp", channel="invite")
    write_people(folder, [row(1), row(2)])
    engine = make_engine(folder)
    engine.tick(MONDAY)
    approve_all(engine, MONDAY)
    return engine


def claim_all_of(engine: Engine) -> list[str]:
    engine.tick(MONDAY)
    return claim_all(engine, MONDAY)


def deliver(engine: Engine, letters: list[str]) -> None:
    transport = FolderTransport(engine.folder / "delivered", name="smtp")
    for letter in letters:
        deliver_one(engine.database, engine.spool, transport, letter, MONDAY, engine.settled)


def restored(folder: Path, file: Path, now: datetime) -> Engine:
    restore(folder / "var/store", lambda: records_in(file), change=lambda tables, current: held(tables, current, now))
    return make_engine(folder)


def broken(folder: Path) -> None:
    (folder / "var/store/CURRENT").write_text("99")


def states(engine: Engine) -> dict[str, int]:
    found: dict[str, int] = {}
    for letter in engine.letters():
        found[letter.state] = found.get(letter.state, 0) + 1
    return found


@pytest.mark.parametrize("claimed", [False, True])
def test_what_was_sent_since_stays_sent(tmp_path: Path, claimed: bool) -> None:
    engine = sending(tmp_path)
    file = engine.database.backup(tmp_path / "copy") if not claimed else None
    letters = claim_all_of(engine)
    file = file or engine.database.backup(tmp_path / "copy")
    deliver(engine, letters)
    engine.close()
    again = restored(tmp_path, file, MONDAY + HOUR)
    found = again.tick(MONDAY + HOUR)
    assert (keys(found), held_keys(found), states(again)) == (set(), {}, {"sent": len(letters)})
    assert [publication.intended for publication in again.stored.publications().values()] == [None, None]
    assert waiting_letters(again.database) == []
    again.close()


def test_where_nobody_can_know_what_was_sent_everything_waits_for_approval(tmp_path: Path) -> None:
    engine = sending(tmp_path)
    file = engine.database.backup(tmp_path / "copy")
    deliver(engine, claim_all_of(engine))
    due = {letter.notices[0] for letter in engine.letters()}
    engine.close()
    broken(tmp_path)
    again = restored(tmp_path, file, MONDAY + HOUR)
    found = again.tick(MONDAY + HOUR)
    assert (keys(found), set().union(*held_keys(found).values())) == (set(), due)
    approve_all(again, MONDAY + HOUR)
    assert keys(again.tick(MONDAY + HOUR)) == due
    again.close()


def test_letters_that_were_on_the_wire_are_parked_and_those_that_never_were_are_sent(tmp_path: Path) -> None:
    engine = sending(tmp_path)
    letters = claim_all_of(engine)
    wired = letters[0]
    engine.database.table(records.LETTERS).merge(wired, {"wire": 1})
    file = engine.database.backup(tmp_path / "copy")
    engine.close()
    broken(tmp_path)
    again = restored(tmp_path, file, MONDAY + HOUR)
    assert [letter.id for letter in again.letters() if letter.state == "parked"] == [wired]
    assert sorted(letter for _, letter in waiting_letters(again.database)) == sorted(letters[1:])
    deliver(again, letters[1:])
    assert states(again) == {"parked": 1, "sent": len(letters) - 1}
    again.close()


def test_the_calendar_change_in_a_parked_letter_is_parked_with_it(tmp_path: Path) -> None:
    engine = sending(tmp_path)
    letters = claim_all_of(engine)
    for letter in letters:
        engine.database.table(records.LETTERS).merge(letter, {"wire": 1})
    file = engine.database.backup(tmp_path / "copy")
    deliver(engine, letters)
    engine.close()
    broken(tmp_path)
    again = restored(tmp_path, file, MONDAY + HOUR)
    assert (states(again), waiting_letters(again.database)) == ({"parked": len(letters)}, [])
    assert keys(again.tick(MONDAY + HOUR)) == set()
    publications: list[Any] = again.database.table(records.PUBLICATIONS).all()
    assert [to_publication(document).intended for document in publications] == [None, None]
    for letter in letters:
        retry(again, letter, MONDAY + HOUR)
    assert states(again) == {"claimed": len(letters)}
    again.close()


def test_after_a_restore_the_fuse_holds_the_first_letters_of_a_kind(tmp_path: Path) -> None:
    engine = sending(tmp_path)
    deliver(engine, claim_all_of(engine))
    file = engine.database.backup(tmp_path / "copy")
    engine.close()
    write_people(tmp_path, [row(1), row(2), row(3)])
    again = restored(tmp_path, file, MONDAY + HOUR)
    found = again.tick(MONDAY + HOUR)
    assert (keys(found), "welcome" in held_keys(found)) == (set(), True)
    again.close()


def test_a_revoked_feed_address_stays_revoked(tmp_path: Path) -> None:
    engine = sending(tmp_path)
    engine.database.table(records.FEEDS).put("1", {"fingerprint": "x", "revised": MONDAY.isoformat(), "issue": 1})
    file = engine.database.backup(tmp_path / "copy")
    engine.stored.new_addresses("1")
    engine.close()
    again = restored(tmp_path, file, MONDAY + HOUR)
    assert again.stored.feeds()["1"].issue == 2
    again.close()


def test_what_people_chose_is_put_back(tmp_path: Path) -> None:
    engine = sending(tmp_path)
    file = engine.database.backup(tmp_path / "copy")
    engine.database.table(records.PREFERENCES).put("1", {"stopped": True})
    engine.close()
    again = restored(tmp_path, file, MONDAY + HOUR)
    assert again.stored.preferences() == {}
    again.close()


def test_a_record_that_cannot_be_read_is_shown_and_taken_out_after_a_yes(tmp_path: Path) -> None:
    write_config(tmp_path)
    write_people(tmp_path, [row(1)])
    engine = make_engine(tmp_path)
    engine.tick(MONDAY)
    engine.database.table("prompts").put("plan/hr/løn/2026-W49", {"days": {}})
    engine.close()

    def discard(*words: str, answer: str = "") -> tuple[int, str]:
        command = complete().commands["store"]
        given = ["discard", "prompts", "plan/hr/løn/2026-W49", *words]
        done = CliRunner().invoke(command, given, obj=App(tmp_path / "config.toml", "en"), input=answer)
        return done.exit_code, done.output

    assert discard(answer="n\n")[0] == 0
    code, said = discard(answer="y\n")
    assert (code, '"days": {}' in said, "is taken out" in said) == (0, True, True)
    again = make_engine(tmp_path)
    assert again.database.table("prompts").has("plan/hr/løn/2026-W49") is False
    again.close()
