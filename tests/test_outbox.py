from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import pace
from mailer.outbox import AGE_LIMIT, DOUBT_PAUSE, Outcome, claim, deliver_one, drop, retry, segment, waiting_letters
from mailer.transport import Envelope, TransportError
from store.database import Database, open_database
from store.letters import LetterRecord, from_document, to_document
from store.spool import Spool, Spooled
from tests.outbox_values import (
    MINUTE,
    NOW,
    ONE,
    Fake,
    closing,
    down,
    journal_lines,
    letter,
    lost,
    never,
    not_now,
    on_the_wire_and_killed,
    record,
)


def waiting(db: Database) -> list[str]:
    return [one for _, one in waiting_letters(db)]


# Records


moments = st.integers(-(10**12), 10**12).map(lambda milliseconds: NOW + timedelta(milliseconds=milliseconds))
texts = st.text(max_size=20)


@given(
    st.builds(
        LetterRecord,
        id=st.just("a" * 40),
        person=texts,
        to=texts,
        kinds=st.lists(texts, max_size=3).map(tuple),
        notices=st.lists(texts, max_size=3).map(tuple),
        subject=texts,
        transport=texts,
        sender=texts,
        state=st.sampled_from(["claimed", "sent", "parked", "dropped"]),
        wire=st.integers(0, 9),
        settled_wire=st.integers(0, 9),
        attempts=st.integers(0, 99),
        next_attempt=st.none() | moments,
        claimed_at=moments,
        settled_at=st.none() | moments,
        said=texts,
        spool=st.builds(Spooled, texts, st.integers(0, 99), st.integers(0, 99), st.integers(0, 2**32 - 1)),
        counted=st.booleans(),
        in_doubt=st.integers(0, 9),
        publication=st.none() | texts,
        expires=moments,
    )
)
def test_a_record_comes_back_from_its_document(made: LetterRecord) -> None:
    assert from_document(made.id, to_document(made)) == made


def test_times_are_written_in_utc_whatever_their_zone(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW.astimezone(timezone(timedelta(hours=1))))
    document = db.table("letters").find(ONE.id)
    assert document is not None
    assert (document["claimed_at"], document["expires"]) == ("2026-11-30T07:00:00+00:00", "2026-12-03T07:00:00+00:00")


def test_a_naive_time_is_refused(db: Database, spool: Spool) -> None:
    with pytest.raises(ValueError, match="must carry a zone"):
        claim(db, spool, [ONE], NOW.replace(tzinfo=None))
    assert db.table("letters").keys() == []


# Claiming


def test_a_group_is_one_journal_line_with_letters_notices_and_extras(folder: Path, db: Database, spool: Spool) -> None:
    before = len(journal_lines(folder))
    intended = {"sequence": 3}
    items = [replace(ONE, extra={"publications": {"uid-1": intended}}, publication="uid-1"), letter(2)]
    made = claim(db, spool, items, NOW)
    assert (made.claimed, made.skipped) == ((ONE.id, letter(2).id), ())
    assert len(journal_lines(folder)) == before + 1
    assert db.table("publications").find("uid-1") == intended
    assert db.table("notices").find("tip/2026-W49/p1") == {"letter": ONE.id}
    assert record(db) == LetterRecord(
        id=ONE.id,
        person="p1",
        to="p1@example.org",
        kinds=("tip",),
        notices=("tip/2026-W49/p1",),
        subject="Ugens prompter",
        transport="fake",
        sender="ai@example.org",
        next_attempt=NOW,
        claimed_at=NOW,
        spool=record(db).spool,
        counted=True,
        publication="uid-1",
        expires=NOW + AGE_LIMIT,
    )
    assert [spool.read(record(db, item).spool) for item in items] == [item.mime for item in items]


def test_a_notice_that_was_claimed_is_not_claimed_again_and_its_extras_fall_out_too(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    welcome = letter(2, notices=("welcome/1/p1", *ONE.notices), extra={"weeks": {"w": {"letters": 1}}})
    made = claim(db, spool, [welcome, letter(3)], NOW)
    assert (made.claimed, made.skipped) == ((letter(3).id,), (welcome.id,))
    assert not db.table("notices").has("welcome/1/p1")
    assert not db.table("weeks").has("w")


def test_what_is_written_for_all_counts_only_those_that_were_claimed(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    claim(db, spool, [ONE, letter(2), letter(3)], NOW, also=lambda fresh: {"fuse": {"tip": {"letters": len(fresh)}}})
    assert db.table("fuse").find("tip") == {"letters": 2}


def test_a_notice_twice_in_one_group_is_claimed_once(db: Database, spool: Spool) -> None:
    made = claim(db, spool, [ONE, letter(2, notices=ONE.notices), ONE], NOW)
    assert made.claimed == (ONE.id,)
    assert waiting(db) == [ONE.id]


def test_a_letter_that_was_claimed_is_not_claimed_again_even_for_other_notices(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    assert claim(db, spool, [replace(ONE, notices=("tip/2026-W50/p1",), mime=b"else")], NOW).claimed == ()
    assert spool.read(record(db).spool) == ONE.mime


def test_a_claim_by_another_process_is_seen(folder: Path, db: Database, spool: Spool) -> None:
    with open_database(folder) as other:
        claim(other, Spool(folder / "spool"), [ONE], NOW)
    assert claim(db, spool, [letter(2, notices=ONE.notices)], NOW).claimed == ()


def test_nothing_is_claimed_when_the_bytes_cannot_be_kept(folder: Path, db: Database) -> None:
    class Full(Spool):
        def append(self, segment: str, items: Sequence[bytes]) -> list[Spooled]:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        claim(db, Full(folder / "spool"), [ONE], NOW)
    assert (db.table("letters").keys(), db.table("notices").keys()) == ([], [])


def test_an_empty_group_writes_nothing(folder: Path, db: Database, spool: Spool) -> None:
    before = journal_lines(folder)
    claim(db, spool, [], NOW)
    assert journal_lines(folder) == before
    assert spool.segments() == []


def test_letters_expire_with_what_they_say_and_never_after_the_age_limit(db: Database, spool: Spool) -> None:
    soon, late = NOW + MINUTE, NOW + timedelta(days=30)
    claim(db, spool, [letter(1, expires=soon), letter(2, expires=late)], NOW)
    assert [record(db, letter(n)).expires for n in (1, 2)] == [soon, NOW + AGE_LIMIT]


def test_a_segment_is_named_by_the_iso_week() -> None:
    assert segment(datetime(2027, 1, 1, tzinfo=UTC)) == "2026-W53"


def test_letters_wait_the_longest_first(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(3), letter(2)], NOW)
    claim(db, spool, [letter(1)], NOW - MINUTE)
    claim(db, spool, [letter(4)], NOW + MINUTE)
    assert waiting(db) == [letter(n).id for n in (1, 3, 2, 4)]


# One delivery


def test_an_accepted_letter_is_settled_with_the_servers_words(folder: Path, db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    before, fake = len(journal_lines(folder)), Fake()
    outcome = deliver_one(db, spool, fake, ONE.id, NOW + MINUTE)
    assert outcome == Outcome(letter=ONE.id, result="sent", said="250 thanks", wired=True)
    assert fake.sent == [(ONE.id, ONE.mime)]
    after = record(db)
    assert (after.state, after.settled_at, after.said, after.next_attempt) == ("sent", NOW + MINUTE, "250 thanks", None)
    assert (after.wire, after.settled_wire, after.in_doubt) == (1, 1, 0)
    assert len(journal_lines(folder)) == before + 2  # wire, settle
    assert deliver_one(db, spool, fake, ONE.id, NOW).result == "withdrawn"
    assert len(fake.tried) == 1


def test_the_wire_line_is_written_before_the_server_hears_of_the_letter(db: Database, spool: Spool) -> None:
    seen: list[tuple[int, bool]] = []

    class Looking(Fake):
        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            seen.append((record(db).wire, record(db).doubtful))
            on_wire()
            seen.append((record(db).wire, record(db).doubtful))
            return "250"

    claim(db, spool, [ONE], NOW)
    deliver_one(db, spool, Looking(), ONE.id, NOW)
    assert seen == [(0, False), (1, True)]


def test_a_refusal_for_now_is_tried_again_later_and_later(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    moment = NOW
    for attempts in (1, 2, 3):
        outcome = deliver_one(db, spool, Fake(not_now()), ONE.id, moment)
        after = record(db)
        assert outcome.result == "later"
        assert (after.state, after.attempts, after.said) == ("claimed", attempts, "server, RCPT TO: 450 later.")
        assert after.next_attempt == outcome.next_attempt == moment + pace.backoff(attempts, ONE.id)
        assert not after.doubtful
        moment += pace.backoff(attempts, ONE.id)
    assert deliver_one(db, spool, Fake(), ONE.id, moment).result == "sent"
    assert record(db).in_doubt == 0


def test_a_server_that_breaks_off_is_to_rest_and_the_letter_waits(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    outcome = deliver_one(db, spool, Fake(closing()), ONE.id, NOW)
    assert (outcome.result, outcome.trouble, outcome.reached) == ("later", "server, RCPT TO: 421 closing.", False)
    assert record(db).attempts == 1


def test_a_refusal_for_good_parks_with_the_servers_words(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    deliver_one(db, spool, Fake(never()), ONE.id, NOW)
    after = record(db)
    assert (after.state, after.said, after.settled_at) == ("parked", "server, RCPT TO: 550 no such user.", NOW)
    assert waiting(db) == []


def test_a_letter_is_given_up_when_its_next_attempt_would_be_too_late(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(1, expires=NOW + MINUTE)], NOW)
    deliver_one(db, spool, Fake(not_now()), ONE.id, NOW)
    after = record(db)
    assert after.state == "parked"
    assert after.said == ("Given up: from 2026-11-30T07:01:00+00:00 on it is too late. server, RCPT TO: 450 later.")


@pytest.mark.parametrize(("spare", "result"), [(0, "parked"), (1, "in_doubt")])
def test_an_attempt_at_the_very_moment_of_expiry_is_too_late(
    db: Database, spool: Spool, spare: int, result: str
) -> None:
    claim(db, spool, [letter(1, expires=NOW + DOUBT_PAUSE + timedelta(seconds=spare))], NOW)
    assert deliver_one(db, spool, Fake(lost()), ONE.id, NOW).result == result


def test_a_letter_that_has_become_too_late_is_parked_unsent(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    fake = Fake()
    assert deliver_one(db, spool, fake, ONE.id, NOW + AGE_LIMIT).result == "parked"
    assert (fake.tried, record(db).state) == ([], "parked")
    assert deliver_one(db, spool, fake, ONE.id, NOW + AGE_LIMIT).result == "withdrawn"


TWO = letter(
    1,
    notices=("held/2026-11-30/p1", "open-questions/2026-11-30/p1"),
    expires=NOW + MINUTE,
    outlasts=NOW + 30 * MINUTE,
)


@pytest.mark.parametrize("first", [None, down(), not_now()])
def test_a_letter_in_which_one_thing_is_too_late_is_as_if_it_had_never_been_claimed(
    db: Database, spool: Spool, first: TransportError | None
) -> None:
    claim(db, spool, [TWO], NOW)
    told = list[bool]()

    def on_settled(_: LetterRecord, outcome: Outcome) -> dict[str, dict[str, None]]:
        told.append(outcome.late)
        return {}

    for answer, now in ((first, NOW), (None, NOW + MINUTE)) if first else ((None, NOW + MINUTE),):
        deliver_one(db, spool, Fake(answer), TWO.id, now, on_settled)
    assert (told, len(db.table("letters")), len(db.table("notices"))) == ([True], 0, 0)
    still = replace(TWO, notices=TWO.notices[1:], expires=None, outlasts=None)
    assert claim(db, spool, [still], NOW + MINUTE).claimed == (TWO.id,)


@pytest.mark.parametrize(
    ("answer", "changes"),
    [
        (lost(), {}),
        (never(), {}),
        (None, {"publication": "uid-1"}),
        (None, {"outlasts": None}),
        (None, {"outlasts": NOW + MINUTE}),
    ],
)
def test_what_somebody_may_have_or_carries_a_calendar_change_or_is_too_late_as_a_whole_is_parked_as_it_is(
    db: Database, spool: Spool, answer: TransportError | None, changes: dict[str, Any]
) -> None:
    claim(db, spool, [replace(TWO, **changes)], NOW)
    if answer:
        deliver_one(db, spool, Fake(answer), TWO.id, NOW)
    deliver_one(db, spool, Fake(), TWO.id, NOW + MINUTE)
    assert (record(db, TWO).state, len(db.table("notices"))) == ("parked", len(record(db, TWO).notices))


def test_a_letter_claimed_for_another_transport_is_parked_unsent(db: Database, spool: Spool) -> None:
    claim(db, spool, [letter(1, transport="folder")], NOW)
    fake = Fake()
    deliver_one(db, spool, fake, ONE.id, NOW)
    assert fake.tried == []
    assert record(db).said == ('Claimed for the transport "folder"; config.toml, [mail] transport now says "fake".')
    retry(db, ONE.id, NOW, transport="fake")
    assert deliver_one(db, spool, fake, ONE.id, NOW).result == "sent"


def test_a_server_that_is_down_leaves_the_letter_as_it_was(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    outcome = deliver_one(db, spool, Fake(down()), ONE.id, NOW)
    assert (outcome.result, outcome.reached) == ("server_down", False)
    after = record(db)
    assert (after.state, after.attempts, after.next_attempt, after.doubtful) == ("claimed", 0, NOW, False)


def test_a_lost_reply_is_answered_by_the_same_letter_once_and_counted(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    outcome = deliver_one(db, spool, Fake(lost()), ONE.id, NOW)
    assert (outcome.result, outcome.next_attempt) == ("in_doubt", NOW + DOUBT_PAUSE)
    assert (record(db).state, record(db).in_doubt, record(db).doubtful) == ("claimed", 1, False)
    fake = Fake()
    assert deliver_one(db, spool, fake, ONE.id, NOW).result == "sent"
    assert fake.sent == [(ONE.id, ONE.mime)]
    assert record(db).in_doubt == 1


def test_a_second_lost_reply_parks_for_a_person_to_decide(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    deliver_one(db, spool, Fake(lost()), ONE.id, NOW)
    deliver_one(db, spool, Fake(lost()), ONE.id, NOW)
    after = record(db)
    assert (after.state, after.in_doubt, after.wire, after.settled_wire) == ("parked", 2, 2, 2)
    assert after.said.startswith("The connection was lost twice")
    assert after.said.endswith("the connection was lost.")


def test_a_letter_left_on_the_wire_by_a_killed_process_is_sent_once_more_and_counted(
    db: Database, spool: Spool
) -> None:
    claim(db, spool, [ONE], NOW)
    on_the_wire_and_killed(db)
    fake = Fake()
    assert deliver_one(db, spool, fake, ONE.id, NOW).result == "sent"
    assert fake.sent == [(ONE.id, ONE.mime)]
    assert (record(db).in_doubt, record(db).wire, record(db).settled_wire) == (1, 2, 2)


def test_a_letter_left_on_the_wire_twice_is_parked_unsent(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    deliver_one(db, spool, Fake(lost()), ONE.id, NOW)
    on_the_wire_and_killed(db)
    fake = Fake()
    assert deliver_one(db, spool, fake, ONE.id, NOW).result == "parked"
    assert fake.tried == []
    assert (record(db).state, record(db).in_doubt, record(db).doubtful) == ("parked", 2, False)


def test_a_doubt_is_not_forgotten_while_the_server_is_down(db: Database, spool: Spool) -> None:
    class Unreachable(Fake):
        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            raise down()

    claim(db, spool, [ONE], NOW)
    on_the_wire_and_killed(db)
    deliver_one(db, spool, Unreachable(), ONE.id, NOW)
    assert record(db).doubtful
    deliver_one(db, spool, Fake(lost()), ONE.id, NOW)
    assert (record(db).state, record(db).in_doubt) == ("parked", 2)


def test_bytes_that_are_damaged_park_only_their_letter(folder: Path, db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE, letter(2)], NOW)
    file = folder / "spool" / "2026-W49"
    file.write_bytes(file.read_bytes().replace(b"Subject: 1", b"Subject: 7"))
    fake = Fake()
    assert deliver_one(db, spool, fake, ONE.id, NOW).result == "parked"
    assert deliver_one(db, spool, fake, letter(2).id, NOW).result == "sent"
    assert record(db).said.startswith("Its bytes cannot be read: ")


def test_bytes_that_cannot_be_read_just_now_make_the_letter_wait_and_are_no_attempt(
    folder: Path, db: Database, spool: Spool
) -> None:
    claim(db, spool, [ONE], NOW)
    file = folder / "spool" / "2026-W49"
    file.rename(folder / "kept")
    file.mkdir()  # reading it is an OSError that is none of the letter's
    fake = Fake()
    outcome = deliver_one(db, spool, fake, ONE.id, NOW)
    assert (outcome.result, outcome.next_attempt, fake.tried) == ("unread", NOW + MINUTE, [])
    assert (record(db).state, record(db).attempts, record(db).wire) == ("claimed", 0, 0)
    assert record(db).said.startswith("Its bytes cannot be read at the moment: [Errno 21] Is a directory: ")
    file.rmdir()
    (folder / "kept").rename(file)
    assert deliver_one(db, spool, fake, ONE.id, NOW + MINUTE).result == "sent"


def test_a_wire_line_that_cannot_be_written_is_raised_and_no_attempt(folder: Path, db: Database, spool: Spool) -> None:
    class Hiccup(Fake):
        """The disk refuses at the wire line only."""

        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            (folder / "CURRENT").rename(folder / "kept")
            (folder / "CURRENT").mkdir()
            try:
                return super().deliver(mime, envelope, on_wire)
            finally:
                (folder / "CURRENT").rmdir()
                (folder / "kept").rename(folder / "CURRENT")

    claim(db, spool, [ONE], NOW)
    fake = Hiccup()
    with pytest.raises(IsADirectoryError):
        deliver_one(db, spool, fake, ONE.id, NOW)
    found = record(db)
    assert (fake.tried, found.state, found.attempts, found.wire, found.said) == ([], "claimed", 0, 0, "")
    assert deliver_one(db, spool, Fake(), ONE.id, NOW).result == "sent"


def test_a_fault_of_ours_in_a_transport_is_one_letters_trouble(db: Database, spool: Spool) -> None:
    class Faulty(Fake):
        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            raise ZeroDivisionError("division by zero")

    claim(db, spool, [ONE], NOW)
    assert deliver_one(db, spool, Faulty(), ONE.id, NOW).result == "later"
    assert record(db).said == "The transport failed: ZeroDivisionError('division by zero')."
    # On the wire nobody knows what the server made of it.
    assert deliver_one(db, spool, Fake(ZeroDivisionError()), ONE.id, NOW).result == "in_doubt"


def test_a_letter_dropped_by_another_process_at_the_last_moment_is_not_sent(
    folder: Path, db: Database, spool: Spool
) -> None:
    class Dropping(Fake):
        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            with open_database(folder) as other:
                assert drop(other, ONE.id, NOW)
            return super().deliver(mime, envelope, on_wire)

    claim(db, spool, [ONE], NOW)
    fake = Dropping()
    assert deliver_one(db, spool, fake, ONE.id, NOW).result == "withdrawn"
    assert (fake.tried, record(db).state) == ([], "dropped")


@pytest.mark.parametrize(("answer", "state"), [(None, "sent"), (not_now(), "dropped"), (never(), "dropped")])
def test_a_letter_dropped_while_on_the_wire_is_sent_if_it_was_accepted(
    db: Database, spool: Spool, answer: TransportError | None, state: str
) -> None:
    class Late(Fake):
        def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
            on_wire()
            drop(db, ONE.id, NOW)
            return super().deliver(mime, envelope, lambda: None)

    claim(db, spool, [ONE], NOW)
    deliver_one(db, spool, Late(answer), ONE.id, NOW)
    assert (record(db).state, record(db).next_attempt) == (state, None)
    assert waiting(db) == []


# What the service adds to a settle line


@pytest.mark.parametrize("answer", [None, never()])
def test_extras_are_in_the_settle_line(folder: Path, db: Database, spool: Spool, answer: TransportError | None) -> None:
    def on_settled(settled: LetterRecord, outcome: Outcome) -> Mapping[str, Mapping[str, Mapping[str, Any] | None]]:
        return {"publications": {"uid-1": {"state": settled.state, "said": outcome.said}, "uid-2": None}}

    claim(db, spool, [letter(1, extra={"publications": {"uid-1": {}, "uid-2": {}}})], NOW)
    before = len(journal_lines(folder))
    outcome = deliver_one(db, spool, Fake(answer), ONE.id, NOW, on_settled)
    assert db.table("publications").find("uid-1") == {"state": outcome.result, "said": outcome.said}
    assert not db.table("publications").has("uid-2")
    assert len(journal_lines(folder)) == before + 2


@pytest.mark.parametrize("answer", [not_now(), lost(), down()])
def test_nothing_is_added_while_a_letter_is_not_settled(db: Database, spool: Spool, answer: TransportError) -> None:
    called: list[Outcome] = []

    def on_settled(_: LetterRecord, outcome: Outcome) -> dict[str, dict[str, None]]:
        called.append(outcome)
        return {}

    claim(db, spool, [ONE], NOW)
    deliver_one(db, spool, Fake(answer), ONE.id, NOW, on_settled)
    assert called == []


def test_extras_that_cannot_be_written_are_left_out_whole(db: Database, spool: Spool) -> None:
    def on_settled(_: LetterRecord, __: Outcome) -> dict[str, dict[str, dict[str, Any]]]:
        return {"publications": {"right": {}, "wrong": {"at": NOW}}}

    claim(db, spool, [ONE], NOW)
    assert deliver_one(db, spool, Fake(), ONE.id, NOW, on_settled).result == "sent"
    assert record(db).state == "sent"
    assert db.table("publications").keys() == []


def test_extras_that_fail_do_not_take_the_settle_line_with_them(db: Database, spool: Spool) -> None:
    def on_settled(_: LetterRecord, __: Outcome) -> dict[str, dict[str, None]]:
        raise KeyError("uid")

    claim(db, spool, [ONE], NOW)
    assert deliver_one(db, spool, Fake(), ONE.id, NOW, on_settled).result == "sent"
    assert record(db).state == "sent"


# By hand


def test_a_parked_letter_is_sent_again_with_the_same_bytes_and_a_new_age(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    deliver_one(db, spool, Fake(never()), ONE.id, NOW)
    later = NOW + timedelta(days=10)
    assert retry(db, ONE.id, later, extra={"publications": {"uid": {"intended": 1}}})
    assert db.table("publications").has("uid")
    assert (record(db).state, record(db).attempts, record(db).expires) == ("claimed", 0, later + AGE_LIMIT)
    assert waiting(db) == [ONE.id]
    fake = Fake()
    assert deliver_one(db, spool, fake, ONE.id, later).result == "sent"
    assert fake.sent == [(ONE.id, ONE.mime)]


def test_what_was_sent_or_dropped_stays_so(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE, letter(2), letter(3)], NOW)
    deliver_one(db, spool, Fake(), ONE.id, NOW)
    assert drop(db, letter(2).id, NOW)
    for number in (1, 2, 99):
        assert not retry(db, letter(number).id, NOW)
        assert not drop(db, letter(number).id, NOW)
    assert waiting(db) == [letter(3).id]


def test_the_notices_of_a_dropped_letter_stay_claimed(db: Database, spool: Spool) -> None:
    claim(db, spool, [ONE], NOW)
    drop(db, ONE.id, NOW)
    assert claim(db, spool, [letter(2, notices=ONE.notices)], NOW).claimed == ()
