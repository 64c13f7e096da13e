"""The archive of past weeks' letters: whole files, no letter twice, nobody left in it who was erased."""

import gzip
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.outbox import claim, deliver_one, drop
from store.archive import Archive, Folded, folded, week_of
from store.database import Damage, open_database
from store.spool import Spool
from tests.examples import some
from tests.outbox_values import NOW, Fake, letter, record

WEEK, NEXT = "2026-W40", "2026-W41"
MOMENT = datetime(2026, 9, 28, 6, 0, tzinfo=UTC)


def one(number: int, **changes: object) -> Folded:
    made = Folded(
        id=f"{number:040x}",
        person=f"p{number}",
        to=f"p{number}@example.org",
        kinds=("tip",),
        notices=(f"tip/{WEEK}/p{number}",),
        subject="Ugens prompter",
        state="sent",
        settled_at=MOMENT + timedelta(seconds=number),
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields by name


def names(letters: Sequence[Folded]) -> list[str]:
    return [letter.person for letter in letters]


def files_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


texts = st.text(st.characters(codec="utf-8"), max_size=20)


@settings(max_examples=some(20))
@given(
    st.lists(
        st.builds(
            Folded,
            id=st.text("abcdef0123456789", min_size=40, max_size=40),
            person=texts,
            to=texts,
            kinds=st.lists(texts).map(tuple),
            notices=st.lists(texts).map(tuple),
            subject=texts,
            state=st.sampled_from(["sent", "dropped"]),
            settled_at=st.integers(0, 10**6).map(lambda seconds: MOMENT + timedelta(seconds=seconds)),
            in_doubt=st.integers(0, 9),
            said=texts,
        ),
        max_size=5,
        unique_by=lambda made: made.id,
    )
)
def test_letters_come_back_from_a_week_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, made: list[Folded]
) -> None:
    archive = Archive(tmp_path_factory.mktemp("archive"))
    archive.add(WEEK, made)
    assert sorted(archive.read(WEEK), key=lambda each: each.id) == sorted(made, key=lambda each: each.id)
    for person in {each.person for each in made}:
        assert {each.id for each in archive.of(person)} == {each.id for each in made if each.person == person}


def test_a_letter_that_is_added_again_takes_its_own_place(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.add(WEEK, [one(2), one(1)])
    assert names(archive.add(WEEK, [one(2, state="dropped"), one(3)])) == ["p1", "p2", "p3"]
    assert [letter.state for letter in archive.read(WEEK)] == ["sent", "dropped", "sent"]


def test_the_same_letters_are_the_same_bytes(tmp_path: Path) -> None:
    first, second = Archive(tmp_path / "1"), Archive(tmp_path / "2")
    first.add(WEEK, [one(1), one(2)])
    second.add(WEEK, [one(2)])
    second.add(WEEK, [one(1)])
    files = [(tmp_path / folder / f"{WEEK}.jsonl.gz").read_bytes() for folder in ("1", "2")]
    assert files[0] == files[1]


def test_what_was_half_written_when_somebody_was_killed_is_not_read_and_goes(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add(WEEK, [one(1)])
    for week in (WEEK, NEXT):
        (tmp_path / f"{week}.new").write_bytes(b"half")
    assert (archive.weeks(), names(archive.read(WEEK)), archive.read(NEXT)) == ([WEEK], ["p1"], [])
    archive.remove_before("2026-W01")
    assert files_in(tmp_path) == [f"{WEEK}.jsonl.gz"]


def test_earlier_weeks_are_removed_and_the_named_one_stays(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for week in ("2025-W52", WEEK, NEXT):
        archive.add(week, [one(1)])
    archive.remove_before(WEEK)
    assert archive.weeks() == [WEEK, NEXT]


def test_an_archive_that_was_never_written_is_empty_and_makes_no_folder(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.remove_before(WEEK)
    assert (archive.weeks(), list(archive.of("p1")), archive.without(["p1"])) == ([], [], 0)
    assert files_in(tmp_path) == []


def test_whoever_is_taken_out_is_in_no_file_any_more_and_the_others_stay(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    archive.add(WEEK, [one(1), one(11), one(2, subject='"person":"p1",')])
    archive.add(NEXT, [one(1, id="f" * 40)])
    assert archive.without(["p1", "p3"]) == 2
    assert (archive.weeks(), names(archive.read(WEEK))) == ([WEEK], ["p2", "p11"])
    assert files_in(tmp_path) == [f"{WEEK}.jsonl.gz"]


def test_a_file_is_for_its_owner_only_and_zcat_reads_it(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    archive.add(WEEK, [one(1)])
    file = tmp_path / "archive" / f"{WEEK}.jsonl.gz"
    assert [path.stat().st_mode & 0o777 for path in (file.parent, file)] == [0o700, 0o600]
    said = subprocess.run(["zcat", file], capture_output=True, check=True, text=True).stdout
    assert said == (
        '{"at":"2026-09-28T06:00:01Z","person":"p1","to":"p1@example.org","subject":"Ugens prompter","kinds":["tip"],'
        '"notices":["tip/2026-W40/p1"],"state":"sent","id":"0000000000000000000000000000000000000001"}\n'
    )


@pytest.mark.parametrize(
    ("content", "wrong"),
    [
        (b"no gzip", "it cannot be unpacked"),
        (gzip.compress(b"{}\n", mtime=0)[:-9], "it cannot be unpacked"),
        (gzip.compress(b"{}\n", mtime=0), "this is no letter: b'{}'"),
    ],
)
def test_a_damaged_file_is_named_and_never_written_over(tmp_path: Path, content: bytes, wrong: str) -> None:
    file = tmp_path / f"{WEEK}.jsonl.gz"
    file.write_bytes(content)
    with pytest.raises(Damage) as caught:
        Archive(tmp_path).add(WEEK, [one(1)])
    assert (caught.value.file, caught.value.wrong.startswith(wrong)) == (file, True)
    assert file.read_bytes() == content


def test_a_letter_keeps_what_history_needs_and_its_week_is_that_of_its_settling_in_utc(tmp_path: Path) -> None:
    with open_database(tmp_path / "store") as db:
        spool = Spool(tmp_path / "spool")
        claim(db, spool, [letter(1), letter(2)], NOW)
        deliver_one(db, spool, Fake(), letter(1).id, NOW)
        drop(db, letter(2).id, NOW + timedelta(days=7))
        sent, dropped = folded(record(db)), folded(record(db, letter(2)))
    assert sent == Folded(
        id=letter(1).id,
        person="p1",
        to="p1@example.org",
        kinds=("tip",),
        notices=("tip/2026-W49/p1",),
        subject="Ugens prompter",
        state="sent",
        settled_at=NOW,
    )
    assert (dropped.state, dropped.settled_at) == ("dropped", NOW + timedelta(days=7))
    sunday = datetime(2026, 12, 7, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert (week_of(sent.settled_at), week_of(dropped.settled_at), week_of(sunday)) == (
        "2026-W49",
        "2026-W50",
        "2026-W49",
    )


def test_a_letter_that_waits_cannot_be_folded(tmp_path: Path) -> None:
    with open_database(tmp_path / "store") as db:
        claim(db, Spool(tmp_path / "spool"), [letter(1)], NOW)
        with pytest.raises(ValueError, match="is not settled, it is claimed"):
            folded(record(db))
