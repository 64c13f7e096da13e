"""All that the service ever made is taken back, at one moment: what stands in calendars, and the letters on their way."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from threading import Event

import icalendar
import pytest
from click.testing import CliRunner
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from calendars.server.in_memory import InMemoryServer
from culture.people import CHANNELS, ChannelName, Preference
from culture.relay.schedule import RelayRecords
from mailer.drain import Outbox
from mailer.outbox import DOUBT_PAUSE
from mailer.transport import Envelope, TransportError
from service import channels
from service.acts.letters import retry
from service.acts.recall import queued, recall, take_up
from service.cli.app import BadSentence
from service.cli.main import complete
from service.daemon.figures import Counted, figures
from service.engine.carry_out import call_all
from service.engine.engine import Engine
from service.engine.unsaid import unsaid_to
from service.messages.faults import Refused
from service.planning.kinds import CALLS, KINDS
from service.planning.plan import Plan
from service.planning.programme import with_appointments
from service.planning.recalled import standing
from service.planning.snapshot import as_told
from store import records
from store.letters import LetterRecord
from tests.examples import some
from tests.relay_values import PEOPLE, RELAY, AppAt
from tests.service_values import (
    MONDAY,
    approve_all,
    claim_all,
    keys,
    look,
    make_engine,
    row,
    tick_believed,
    write_config,
    write_people,
)
from tests.test_channel_rows import WRITTEN

pytestmark = pytest.mark.slow

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ACCEPTED, LATER, LOST, TAKEN_AND_LOST, NEVER = "accepted", "later", "lost", "taken-and-lost", "never"


@dataclass
class Post:
    """A mail server, and the calendars of whoever gets its letters: by UID and address what each of them was told last."""

    answers: dict[str, str] = field(default_factory=dict)  # by address; who is not named accepts
    usual: str = ACCEPTED
    letters: list[tuple[str, bytes]] = field(default_factory=list)  # accepted: to whom, and what
    calendars: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    name: str = "smtp"

    def deliver(self, mime: bytes, envelope: Envelope, on_wire: Callable[[], None]) -> str:
        on_wire()
        answer = self.answers.get(envelope.recipient, self.usual)
        if answer == LATER:
            raise TransportError("450 later.", code=450)
        if answer == NEVER:
            raise TransportError("550 no such user.", code=550, permanent=True)
        if answer != LOST:
            self._take(mime, envelope.recipient)
        if answer in (LOST, TAKEN_AND_LOST):
            raise TransportError("The connection was lost.", in_doubt=True)
        return "250 thanks"

    def _take(self, mime: bytes, to: str) -> None:
        self.letters.append((to, mime))
        if part := calendar_of(mime):
            calendar = icalendar.Calendar.from_ical(part)
            (event,) = calendar.walk("VEVENT")
            assert isinstance(event, icalendar.Event)
            told = self.calendars.get((str(event.uid), to))
            found = int(event.sequence), str(calendar.method)
            # A mailbox takes what is newer, and the same once more.
            assert told is None or found[0] > told[0] or found == told
            self.calendars[str(event.uid), to] = found

    def close(self) -> None:
        pass

    @property
    def stands(self) -> int:
        """In how many calendars something stands."""
        return sum(method == "REQUEST" for _, method in self.calendars.values())


@dataclass
class House:
    """An engine with its mail server, and calendar servers in memory."""

    engine: Engine
    post: Post = field(default_factory=Post)
    papers: Mapping[ChannelName, InMemoryServer] = field(
        default_factory=lambda: {name: InMemoryServer() for name in CHANNELS}
    )

    def live(self, now: datetime) -> Plan:
        """A tick at `now`, and all that follows from it; whatever is held is approved."""
        found = tick_believed(self.engine, now)
        self.send(now)
        call_all(self.engine, self.engine.servers.make_callers(lambda name: self.papers[name]), lambda: now)
        return found

    def send(self, now: datetime) -> None:
        outbox = Outbox(
            self.engine.database,
            self.engine.spool,
            lambda: self.post,
            server="post",
            on_settled=self.engine.settled,
        )
        for _ in range(3):
            while claimed := self.engine.claim_some(now):
                outbox.add(claimed, now)
            outbox.drain(lambda: now, Event())
            if not self.engine.moved_on:
                break
            self.engine.moved_on = False
            self.engine.tick(now)

    def letters(self, state: str) -> list[LetterRecord]:
        return [one for one in self.engine.letters() if one.state == state]

    def stands(self, now: datetime) -> dict[ChannelName, tuple[int, int]]:
        """How many blocks and single events stand on each channel, as the service knows it."""
        told, on_server = as_told(self.engine.stored, self.engine.way), self.engine.stored.on_server()
        found = standing(self.engine.plan(now).world, told, on_server)
        return {channel: (len(one.blocks), len(one.events)) for channel, one in found.items()}


@contextmanager
def house(folder: Path, channel: str = "invite", people: str = "", more: str = "") -> Iterator[House]:
    """By smtp on a channel; the least that its section can say, and what is to be said besides."""
    write_config(folder, transport="smtp", channel=channel)
    section = channels.CHANNELS.get(channel)
    with (folder / "config.toml").open("a", encoding="utf-8") as file:
        file.write(more)
        if section:
            file.write(f"[{section}]\n" + "".join(f'{key} = "{value}"\n' for key, value in WRITTEN[section].items()))
    if people:
        (folder / "people.csv").write_text(people, "utf-8")
        (folder / "absences.csv").write_text("who;first;last\n", "utf-8")
    else:
        write_people(folder, [row(1), row(2), row(3)])
    engine = make_engine(folder)
    yield House(engine)
    engine.close()


TELLS_OF_EVENTS = {one.letter for one in with_appointments()}


@pytest.mark.parametrize("channel", CHANNELS)
def test_every_channel_is_emptied_and_filled_again(tmp_path: Path, channel: ChannelName) -> None:
    with house(tmp_path, channel, PEOPLE, RELAY.format(enabled="true")) as made:
        now = MONDAY + 4 * DAY + 8 * HOUR
        for moment in (MONDAY, MONDAY + DAY, now):
            made.live(moment)
        before, mail = made.stands(now), len(made.post.letters)
        past = days_in(made, until=now)
        blocks, events = before["feed" if channel == "none" else channel]
        assert (blocks, events > 0) == (0 if channel == "none" else 6, True)

        recall(made.engine, now)
        found = made.live(now + MINUTE)
        made.live(now + 2 * MINUTE)
        assert made.stands(now + 3 * MINUTE) == {}
        assert (made.post.stands, days_in(made, since=now + HOUR), meetings_in(made)) == (0, [], 0)
        assert days_in(made, until=now) == past
        assert events_in_feeds(made, now + 3 * MINUTE) == 0
        kinds = {kind for one in found.letters for kind in one.kinds}
        assert kinds <= {"cancel", *TELLS_OF_EVENTS}
        assert {call.kind for call in found.calls} <= {kind for kind in CALLS if KINDS[kind].cancels}
        after = len(made.post.letters)
        for days in (1, 7):
            again = made.live(now + days * DAY)
            assert (again.letters, again.calls, again.written) == ((), (), {})
            assert again.world.of(RelayRecords).turns == found.world.of(RelayRecords).turns  # nothing is announced
        assert (after >= mail, len(made.post.letters)) == (True, after)

        take_up(made.engine, now + 8 * DAY)
        for moment in (MONDAY + 14 * DAY, MONDAY + 14 * DAY + HOUR):
            made.live(moment)
        stands = made.stands(MONDAY + 14 * DAY + 2 * HOUR)
        assert stands.keys() == before.keys()
        assert {one: blocks for one, (blocks, _) in stands.items()} == {one: found[0] for one, found in before.items()}
        welcomed = Counter(one.person for one in made.engine.letters() if "welcome" in one.kinds)
        assert set(welcomed.values()) == {1}


def days_in(made: House, *, since: datetime | None = None, until: datetime | None = None) -> list[tuple[str, datetime]]:
    """The days of blocks in calendars on servers, whose they are and when."""
    return [
        (address, one.starts)
        for paper in made.papers.values()
        for address, calendar in sorted(paper.calendars.items())
        for one in calendar.occurrences()
        if (since is None or one.starts >= since) and (until is None or one.starts < until)
    ]


def meetings_in(made: House) -> int:
    return sum(len(one.meetings) for paper in made.papers.values() for one in paper.calendars.values())


def events_in_feeds(made: House, now: datetime) -> int:
    world = made.engine.plan(now).world
    feeds = [made.engine.feed_content(world, one) for one in world.organisation.people.values()]
    return sum(len(icalendar.Calendar.from_ical(one).walk("VEVENT")) for one in feeds)


# --- one line


def test_it_is_one_line_of_the_journal_or_none(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        tick_believed(made.engine, MONDAY)
        claim_all(made.engine, MONDAY)
        before, lines = states(made.engine), journal(tmp_path)

        def fails() -> None:
            with made.engine.database.batch():
                recall(made.engine, MONDAY)
                raise OSError("the disk is full")

        with pytest.raises(OSError, match="full"):
            fails()
        assert (made.engine.stored.recalled(), states(made.engine), journal(tmp_path)) == (None, before, lines)
        recall(made.engine, MONDAY)
        assert (states(made.engine), journal(tmp_path)) == ({}, lines + 1)


def states(engine: Engine) -> dict[str, int]:
    return dict(Counter(one.state for one in engine.letters()))


def journal(folder: Path) -> int:
    """How many lines change something; a line that the disk has confirmed is followed by one that says so."""
    lines = (folder / "var/store/journal-1").read_bytes().splitlines()
    return sum(b'[["s",' not in line for line in lines)


def test_killed_right_after_it_the_next_start_cancels_everything_once(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        made.live(MONDAY)
        post = made.post
        recall(made.engine, MONDAY + HOUR)  # and not a tick more
    assert post.stands == 3
    for number in range(2):
        engine = make_engine(tmp_path)
        House(engine, post).live(MONDAY + HOUR + number * MINUTE)
        engine.close()
        assert (post.stands, cancellations(post)) == (0, 3)


def cancellations(post: Post) -> int:
    return sum(b"METHOD:CANCEL" in calendar_of(mime) for _, mime in post.letters)


def calendar_of(mime: bytes) -> bytes:
    """The calendar part of a letter; empty where it has none."""
    parts = [one for one in message_from_bytes(mime).walk() if one.get_content_type() == "text/calendar"]
    found = parts[0].get_payload(decode=True) if parts else b""
    assert isinstance(found, bytes)
    return found


# --- letters on their way


def test_letters_that_wait_are_never_sent_and_come_again_when_it_is_taken_up(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        tick_believed(made.engine, MONDAY)
        claimed = claim_all(made.engine, MONDAY)
        done = recall(made.engine, MONDAY + MINUTE)
        assert {one.id for one in done.back} == set(claimed)
        made.live(MONDAY + HOUR)
        assert (made.post.letters, made.stands(MONDAY + HOUR)) == ([], {})
        take_up(made.engine, MONDAY + 2 * HOUR)
        made.live(MONDAY + 2 * HOUR)
        welcomes = {one.id for one in made.letters("sent") if "welcome" in one.kinds}
        assert welcomes == {one.id for one in done.back if "welcome" in one.kinds}
        assert (len(welcomes), made.post.stands) == (3, 3)


def test_a_letter_left_on_the_wire_goes_once_more_and_is_cancelled_after_that(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        tick_believed(made.engine, MONDAY)
        claim_all(made.engine, MONDAY)
        (invite,) = (one for one in made.letters("claimed") if one.kinds == ("invite",) and one.person == "1")
        made.engine.database.table(records.LETTERS).merge(invite.id, {"wire": 1})  # as a killed process leaves it
        done = recall(made.engine, MONDAY + MINUTE)
        assert [one.id for one in done.go_on] == [invite.id]
        made.live(MONDAY + HOUR)
        assert [(to, calendar_of(mime).count(b"METHOD:CANCEL")) for to, mime in made.post.letters] == [
            ("p1@x.example", 0),
            ("p1@x.example", 1),
        ]
        assert made.post.stands == 0


def test_a_letter_that_cancels_goes_on(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        made.live(MONDAY)
        made.engine.stored.prefer("1", Preference(channel="feed"))
        tick_believed(made.engine, MONDAY + HOUR)
        claimed = claim_all(made.engine, MONDAY + HOUR)
        done = recall(made.engine, MONDAY + HOUR)
        assert ([one.id for one in done.go_on], done.back) == (claimed, ())
        made.live(MONDAY + 2 * HOUR)
        assert (made.post.stands, cancellations(made.post)) == (0, 3)


def test_what_is_told_in_words_alone_is_told_and_then_taken_back(tmp_path: Path) -> None:
    with house(tmp_path, "feed", PEOPLE, RELAY.format(enabled="true")) as made:
        made.live(MONDAY)
        now = MONDAY + DAY + HOUR
        tick_believed(made.engine, now)
        claim_all(made.engine, now)
        done = recall(made.engine, now)
        assert {one.kinds for one in done.go_on} == {("slot",)}
        made.live(now + HOUR)
        who = done.go_on[0].person
        told = [one.subject for one in made.letters("sent") if (one.kinds, one.person) == (("slot",), who)]
        assert sorted(told) == [
            "Din tur i AI-stafetten er torsdag den 17. december",
            "Turen i AI-stafetten torsdag den 17. december er ude af din kalender",
        ]


def test_what_is_lost_twice_may_stand_and_is_cancelled(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        made.post.answers["p1@x.example"] = TAKEN_AND_LOST
        made.live(MONDAY)
        recall(made.engine, MONDAY + MINUTE)
        made.live(MONDAY + HOUR)
        assert made.letters("parked")
        made.post.answers.clear()
        made.live(MONDAY + 2 * HOUR)
        assert (made.post.stands, made.stands(MONDAY + 3 * HOUR)) == (0, {})


def test_what_another_process_takes_back_is_not_claimed_by_a_plan_from_before(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        tick_believed(made.engine, MONDAY)
        assert made.engine.queue
        beside = make_engine(tmp_path)
        recall(beside, MONDAY)
        beside.close()
        assert made.engine.claim_some(MONDAY) == []
        assert (made.engine.moved_on, list(made.engine.queue), made.letters("claimed")) == (True, [], [])


def test_a_letter_that_was_refused_is_not_tried_again_unless_it_cancels(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        made.post.answers["p1@x.example"] = NEVER
        made.live(MONDAY)
        parked = made.letters("parked")
        made.post.answers = {"p2@x.example": NEVER}
        recall(made.engine, MONDAY + MINUTE)
        made.live(MONDAY + HOUR)
        (cancel,) = (one for one in made.letters("parked") if one.kinds == ("cancel",))
        for one in parked:
            with pytest.raises(Refused, match="All is taken back"):
                retry(made.engine, one.id, MONDAY + HOUR)
        assert made.stands(MONDAY + HOUR) == {"invite": (1, 0)}
        made.post.answers.clear()
        retry(made.engine, cancel.id, MONDAY + HOUR)
        made.live(MONDAY + 2 * HOUR)
        assert (made.stands(MONDAY + 2 * HOUR), made.post.stands) == ({}, 0)


def test_the_fuse_holds_nothing_of_it_and_the_first_letters_afterwards_as_ever(tmp_path: Path) -> None:
    with house(tmp_path, more="[limits]\ncancellations = 0\n") as made:
        made.live(MONDAY)
        recall(made.engine, MONDAY + HOUR)
        found = made.engine.plan(MONDAY + HOUR)
        assert (found.held, len(found.letters)) == ((), 3)
        made.engine.tick(MONDAY + HOUR)
        made.send(MONDAY + HOUR)
        take_up(made.engine, MONDAY + 2 * HOUR)
        made.engine.database.table(records.APPROVALS).truncate()
        made.engine.database.table(records.FUSE).drop("invite")
        assert [one.kind for one in made.engine.plan(MONDAY + 2 * HOUR).held] == ["invite"]


def test_whose_row_is_missing_is_taken_back_too(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        made.live(MONDAY)
        write_people(tmp_path, [row(1), row(2)])
        look(made.engine, MONDAY + HOUR)
        made.live(MONDAY + HOUR)
        assert keys(made.engine.plan(MONDAY + HOUR)) == set()
        recall(made.engine, MONDAY + HOUR)
        made.live(MONDAY + 2 * HOUR)
        assert made.post.stands == 0


def test_nobody_is_written_to_of_what_is_held_meanwhile(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        write_people(tmp_path, map(row, range(1, 13)))
        look(made.engine, MONDAY)
        made.live(MONDAY)
        recall(made.engine, MONDAY + HOUR)
        made.live(MONDAY + HOUR)
        write_people(tmp_path, [row(1)])
        look(made.engine, MONDAY + 2 * HOUR)
        found = made.engine.plan(MONDAY + 2 * HOUR)
        assert ([one.kind for one in found.held], found.letters) == (["people"], ())


def test_it_is_taken_back_once_and_taken_up_once(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        with pytest.raises(Refused, match="not recalled"):
            take_up(made.engine, MONDAY)
        recall(made.engine, MONDAY)
        with pytest.raises(Refused, match="already, since 2026-11-30 07:00"):
            recall(made.engine, MONDAY + HOUR)
        assert made.engine.stored.recalled() == MONDAY
        take_up(made.engine, MONDAY + HOUR)
        recall(made.engine, MONDAY + 2 * HOUR)
        assert made.engine.stored.recalled() == MONDAY + 2 * HOUR


def test_a_record_of_it_that_cannot_be_read_sends_nothing(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        made.engine.database.table(records.RECALLS).put("x", {"since": 7})
        approve_all(made.engine, MONDAY)
        assert made.engine.plan(MONDAY).does_nothing() or not made.engine.plan(MONDAY).letters


# --- what is said of it


@dataclass
class Line:
    """The command line at a moment."""

    folder: Path
    now: datetime

    def __call__(self, *words: str) -> tuple[int, str]:
        app = AppAt(self.folder / "config.toml", "en", self.now)
        result = CliRunner().invoke(complete().commands[words[0]], words[1:], obj=app)
        if isinstance(result.exception, Refused):
            return 2 if isinstance(result.exception, BadSentence) else 1, result.exception.sentence.said("en")
        assert not result.exception or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.output


def test_the_command_line_shows_takes_back_and_takes_up_again(tmp_path: Path) -> None:
    write_config(tmp_path, channel="invite")
    write_people(tmp_path, [row(1), row(2)])
    first, later = Line(tmp_path, MONDAY), Line(tmp_path, MONDAY + HOUR)
    first("run", "--once")
    status, said = later("recall")
    number = said.split()[-1]
    assert (status, "In calendars (invite), blocks: 2, single events: 0 (Person 1, Person 2)" in said) == (0, True)
    assert later("recall") == (0, said)
    assert later("recall", "0123456789ab")[0] == 2
    assert later("recall", number, "--end")[0] == 2
    assert later("recall", "--end")[0] == 2
    assert later("status")[0] == 0

    assert later("recall", number)[0] == 0
    assert later("recall", number) == (2, "It is recalled already, since 2026-11-30 08:00.")
    waits = "Recalled since 2026-11-30 08:00: no other letter goes. Still to be taken out of calendars: 2."
    assert [(status, waits in said) for status, said in map(later, ("plan", "check", "status"))] == [
        (0, True),
        (0, True),
        (1, True),
    ]
    assert "Recalled since 2026-11-30 08:00" in later("recall")[1]
    status, said = later("run", "--once")
    assert (status, "Letters written to" in said) == (1, True)
    assert "nothing of the service's is left in calendars" in later("status")[1]
    assert "All is taken back since 2026-11-30 08:00" in later("history", "1")[1]

    (tmp_path / "config.toml").write_text("[organisation", "utf-8")
    assert later("recall", "--end")[0] == 0


def test_a_monitor_reads_since_when_and_how_much_is_left(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        made.live(MONDAY)
        recall(made.engine, MONDAY + HOUR)
        made.engine.tick(MONDAY + HOUR)
        found = figures(made.engine, made.engine.make_outbox(), (), Counted(lambda: 0.0))
        assert "recalled since 2026-11-30T07:00:00+00:00, still in calendars: 3" in found.attention


def test_the_letters_say_that_it_is_stopped_for_everybody(tmp_path: Path) -> None:
    with house(tmp_path) as made:
        made.live(MONDAY)
        recall(made.engine, MONDAY + HOUR)
        made.engine.stored.prefer("1", Preference(channel="feed"))  # and not that it is in another calendar now
        made.live(MONDAY + HOUR)
        texts = [message_from_bytes(mime, policy=default).get_body(("plain",)) for _, mime in made.post.letters[-3:]]
        assert ["er stoppet for alle indtil videre" in text.get_content() for text in texts if text] == [True] * 3


def test_what_was_due_meanwhile_is_remembered_as_taken_back(tmp_path: Path) -> None:
    with house(tmp_path, channel="feed") as made:
        made.live(MONDAY)
        recall(made.engine, MONDAY + HOUR)
        for day in (1, 7, 8):
            made.live(MONDAY + day * DAY)
        take_up(made.engine, MONDAY + 8 * DAY + HOUR)
        made.live(MONDAY + 8 * DAY + HOUR)
        assert {one.why for one in unsaid_to(made.engine.stored, "1").values()} == {"recalled"}


# --- whatever happens to the letters


class Recalls(RuleBasedStateMachine):
    """Letters are accepted, put off, lost, refused; processes are killed; all is taken back and taken up again. What the
    mailboxes have been told is what the service believes, and where all is taken back and every letter has its answer
    nothing stands in them."""

    folder: Path

    @initialize()
    def begin(self) -> None:
        self.now = MONDAY
        for file in sorted(self.folder.rglob("*"), reverse=True):
            file.rmdir() if file.is_dir() else file.unlink()
        self.context = house(self.folder)
        self.made = self.context.__enter__()

    @rule(answer=st.sampled_from([ACCEPTED, LATER, LOST, TAKEN_AND_LOST]), number=st.integers(1, 3))
    def answers(self, answer: str, number: int) -> None:
        self.made.post.answers[f"p{number}@x.example"] = answer

    @rule(minutes=st.sampled_from([1, 90]))
    def goes_on(self, minutes: int) -> None:
        self.now += minutes * MINUTE
        self.made.live(self.now)

    @rule()
    def is_killed_before_it_sends(self) -> None:
        tick_believed(self.made.engine, self.now)
        claim_all(self.made.engine, self.now)
        self._starts()

    @rule(answered=st.booleans())
    def is_killed_on_the_wire(self, answered: bool) -> None:
        waiting = self.made.letters("claimed")
        if waiting and not waiting[0].doubtful and not waiting[0].in_doubt:
            letter = waiting[0]
            if answered:
                self.made.post._take(self.made.engine.spool.read(letter.spool), letter.to)
            self.made.engine.database.table(records.LETTERS).merge(letter.id, {"wire": letter.wire + 1})
        self._starts()

    @rule()
    def is_taken_back(self) -> None:
        if self.made.engine.stored.recalled() is None:
            recall(self.made.engine, self.now)

    @rule()
    def is_taken_up(self) -> None:
        if self.made.engine.stored.recalled() is not None:
            take_up(self.made.engine, self.now)

    def _starts(self) -> None:
        self.made.engine.close()
        self.made.engine = make_engine(self.folder)

    def teardown(self) -> None:
        if not hasattr(self, "made"):
            return
        if self.made.engine.stored.recalled() is None:
            recall(self.made.engine, self.now)
        self.made.post.answers.clear()
        for hours in (1, 2, 4):
            self.made.live(self.now + hours * HOUR)
        assert not queued(self.made.engine).go_on
        assert (self.made.post.stands, self.made.stands(self.now + 5 * HOUR)) == (0, {})
        self.made.engine.close()


def test_whatever_becomes_of_letters_nothing_stands_when_all_is_taken_back(tmp_path: Path) -> None:
    Recalls.folder = tmp_path
    assert DOUBT_PAUSE < HOUR
    run_state_machine_as_test(
        Recalls, settings=settings(max_examples=some(6), stateful_step_count=12, derandomize=True)
    )
