"""The store as the plan reads it, and as a plan is written into it. Typed values in, typed values out."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from calendars.difference import Publication
from calendars.record import from_publication
from calendars.server.meeting import MeetingState
from calendars.server.standing import BlockState
from culture.called import AS_THEY_ARE, Called
from culture.census import Known
from culture.erased import Former
from culture.keys import AttendeeKey, HeldKey, NoticeKey, PersonWeek
from culture.notice import Said
from culture.people import NO_PREFERENCE, Preference
from culture.same import Same
from culture.unsaid import Recall
from culture.workdays import Week
from mailer.outbox import is_said
from mailer.transport import Way
from service.engine.table_row import Table
from service.engine.tables import IN_MEMORY, TABLES
from service.engine.typed import read
from service.planning.calls import Call
from service.planning.feeds import Feed
from service.planning.fuse import Held, SendHistory
from service.planning.kinds import OF_DEPARTMENTS
from service.planning.links import Issues
from service.planning.on_server import OnServer
from service.planning.plan import Plan
from store import records
from store.database import Database
from store.plain import to_plain
from store.state import unpacked
from store.unreadable import CannotRead, Unreadable

COUNTED: Mapping[Way, str] = {"mailbox": "letters", "file": "files"}
"""The fields of a week's count."""

LINKS_A_DAY = 200
"""So many people can have a link sent within a day. Whoever knows everybody's address could else mail them all."""

BATCH = 1000
"""RelayRecords in one journal line: large enough that 10,000 people are ten lines, small enough to read."""


class Stored:
    """Reads and writes the culture's records. One object for a database; it holds no state of its own."""

    def __init__(self, database: Database, called: Callable[[], Called] = lambda: AS_THEY_ARE) -> None:
        self.database = database
        self._called = called
        self._of_today: dict[str, tuple[Called, dict[str, Any], dict[str, Any]]] = {}
        self._table = cache(database.table)  # asked for six times of everybody at a tick
        self._unreadable: dict[str, tuple[Unreadable, ...]] = {}
        self._kept: dict[str, tuple[int, dict[str, tuple[bytes, Any]], dict[str, Any]]] = {}
        self.changes = 0  # grows with each change of a record that the organisation is made from

    def unreadable(self) -> tuple[Unreadable, ...]:
        """The records that could not be read when their tables were last walked through."""
        return tuple(one for of_table in self._unreadable.values() for one in of_table)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Records change that the organisation is made from: one journal line."""
        self.changes += 1
        with self.database.batch():
            yield

    def unreadable_in(self, table: str) -> tuple[Unreadable, ...]:
        """Those of one table."""
        return self._unreadable.get(table, ())

    def known(self) -> dict[str, Known]:
        """Everybody who is known, by id."""
        return self.table_of(records.PEOPLE)

    def person(self, person_id: str) -> Known | None:
        """One who is known; None for nobody. Raises CannotRead."""
        found: Known | None = self._one(records.PEOPLE, person_id)
        return found

    def preferences(self) -> dict[str, Preference]:
        """What people chose, by person id."""
        return self.table_of(records.PREFERENCES)

    def preference(self, person_id: str) -> Preference:
        """What one person chose. Raises CannotRead."""
        found: Preference | None = self._one(records.PREFERENCES, person_id)
        return found or NO_PREFERENCE

    def publications(self) -> dict[str, Publication]:
        """What calendars have been told, by key."""
        return self.table_of(records.PUBLICATIONS)

    def publication(self, key: str) -> Publication | None:
        """One publication; None for none. Raises CannotRead."""
        found: Publication | None = self._one(records.PUBLICATIONS, key)
        return found

    def feeds(self) -> dict[str, Feed]:
        """What is remembered of feeds, by key."""
        return self.table_of(records.FEEDS)

    def feed(self, key: str) -> Feed | None:
        """One feed; None for none. Raises CannotRead."""
        found: Feed | None = self._one(records.FEEDS, key)
        return found

    def said(self, key: str, way: Way) -> bool:
        """Whether a notice is said, for whoever sends by `way`: a file is no telling of a mailbox."""
        find, called = self._table(records.NOTICES).find, self._called()
        return is_said(find(key), way) or (
            bool(called) and any(is_said(find(one), way) for one in _also_said(key, called))
        )

    def letter_saying(self, key: str, way: Way) -> tuple[Said, str]:
        """What became of the letter that says a notice, and to which address it went. What is not known any more was
        sent long ago, or the administrator has decided that it counts as said."""
        notice = self._table(records.NOTICES).find(key)
        if notice is None or not is_said(notice, way):
            return "waits", ""
        letter = self._table(records.LETTERS).find(str(notice.get("letter"))) or {}
        said: Said = "waits" if letter.get("state") in ("claimed", "dropped") else "sent"
        return "parked" if letter.get("state") == "parked" else said, str(letter.get("to", ""))

    def refuse(self, keys: Iterable[str], now: datetime) -> None:
        """Count notices as said that nobody is to be told."""
        self.changes += 1
        with self.database.batch():
            for key in keys:
                self._table(records.NOTICES).put(key, {"letter": "", "refused": now.isoformat()})

    def mailbox_since(self) -> datetime | None:
        """Since when letters go into mailboxes here; None while they become files. For ever, where the record cannot be
        read: nobody is welcomed late because of it."""
        try:
            found: datetime | None = self._one(records.WAYS, "mailbox")
        except CannotRead:
            return datetime(1970, 1, 1, tzinfo=UTC)
        return found

    def open_mailbox(self, now: datetime) -> None:
        """Remember that letters go into mailboxes from now on, if they did not before."""
        if not self._table(records.WAYS).has("mailbox"):
            self._table(records.WAYS).put("mailbox", {"since": now.isoformat()})

    def recalls(self) -> tuple[Recall, ...]:
        """When all was taken back, the first time first. One that cannot be read still is: it is safer to send nothing."""
        found = self.table_of(records.RECALLS).values()
        unread = (Recall(since=datetime(1970, 1, 1, tzinfo=UTC)) for _ in self.unreadable_in(records.RECALLS))
        return tuple(sorted((*unread, *found), key=lambda one: one.since))

    def recalled(self) -> datetime | None:
        """Since when all is taken back; None where it is not."""
        return next((one.since for one in self.recalls() if one.until is None), None)

    def stood(self) -> dict[str, tuple[int, int]]:
        """Size and time of change of the files that were acted on last, by their paths."""
        return self.table_of(records.FILES)

    def stand(self, files: Mapping[str, tuple[int, int]]) -> None:
        """Remember the files that are acted on."""
        known = self.stood()
        new = {
            path: {"size": size, "changed": at} for path, (size, at) in files.items() if known.get(path) != (size, at)
        }
        self.write_all(records.FILES, new)

    def turn_letter_on(self, person_id: str) -> date | None:
        """The day of the last letter about a turn of their own; None for none. Raises CannotRead."""
        found: date | None = self._one(records.TURN_LETTERS, person_id)
        return found

    def letters_in(self, week: Week, person_id: str, way: Way) -> int:
        """The counted letters of a person's week, by that way out."""
        found: Mapping[str, int] = self._one(records.WEEKS, PersonWeek(week, person_id).to_text()) or {}
        return found.get(COUNTED[way], 0)

    def one_letter_more(self, week: Week, person_id: str, way: Way) -> dict[str, dict[str, Any]]:
        """The count of a person's week with one more, as a change to write with a claim."""
        key = PersonWeek(week, person_id).to_text()
        found = self._table(records.WEEKS).find(key) or {}
        return {key: {**found, COUNTED[way]: self.letters_in(week, person_id, way) + 1}}

    def memory(self, kind: str) -> SendHistory:
        """What the fuse remembers of a kind."""
        try:
            found: SendHistory | None = self._one(records.FUSE, kind)
        except CannotRead:
            return (
                SendHistory()
            )  # as if nothing of the kind had ever gone: it is held, and the administrator looks at it
        return found or SendHistory()

    def approved(self) -> frozenset[str]:
        """The keys that an administrator has approved."""
        return frozenset().union(*self.table_of(records.APPROVALS).values())

    def held_since(self) -> dict[str, datetime]:
        """Since when something of a kind is held, by what it is (`HeldKey`)."""
        return self.table_of(records.HELD)

    def _hold(self, held: Iterable[Held], waiting: Collection[str]) -> None:
        """Remember since when each is held that is, and no other: and at night, when what was held waits for the
        window, as before."""
        known = self.held_since()
        still = {key: since for key, since in known.items() if HeldKey.from_text(key).kind in waiting}
        now_held = still | {one.key: one.since for one in held if one.since}
        if now_held != known:
            with self.database.batch():
                self._table(records.HELD).remove(doc_ids=list(known.keys() - now_held.keys()))
                for key, since in now_held.items():
                    self._table(records.HELD).put(key, {"since": since.isoformat()})

    def approve(self, held: Held, now: datetime) -> None:
        """Let what is held go."""
        self._table(records.APPROVALS).put(
            held.digest, {"kind": held.kind, "keys": list(held.keys), "at": now.isoformat()}
        )

    def approve_ahead(self, kind: str, key: str, now: datetime) -> None:
        """Approve the first of a kind, before there is any: until it has gone."""
        self._table(records.APPROVALS).put(key, {"kind": kind, "keys": [key], "at": now.isoformat(), "ahead": True})

    def prefer(self, person_id: str, preference: Preference) -> None:
        """Remember what a person chose, by `chosen.choose` alone; with nothing chosen any more, nothing is kept."""
        self.changes += 1
        document = records.from_preference(preference)
        if document:
            self._table(records.PREFERENCES).put(person_id, document)
        else:
            self._table(records.PREFERENCES).drop(person_id)

    def issues(self) -> Mapping[str, Issues]:
        """Which links are valid, of those who have had theirs made new. Where that cannot be read, none of theirs are."""
        found = self.table_of(records.LINKS)
        bad = {one.key: Issues(links=0, department=0) for one in self._unreadable.get(records.LINKS, ())}
        return {**found, **bad} if bad else found

    def new_addresses(self, person_id: str) -> None:
        """Revoke the person's addresses of their own feed and of their department's; the next issues are the valid ones."""
        with self.database.batch():
            document = self._table(records.FEEDS).find(person_id)
            if document:
                self._table(records.FEEDS).merge(person_id, {"issue": document["issue"] + 1})
            known = self._issues(person_id)
            self.put(records.LINKS, person_id, replace(known, department=known.department + 1))

    def new_links(self, person_id: str) -> None:
        """Revoke every link and address that the person ever got."""
        with self.database.batch():
            self.new_addresses(person_id)
            known = self._issues(person_id)
            self.put(records.LINKS, person_id, replace(known, links=known.links + 1))

    def _issues(self, person_id: str) -> Issues:
        found: Issues | None = self._one(records.LINKS, person_id)
        return found or Issues()

    def links_asked(self) -> dict[str, datetime]:
        """Who asked for a link to their own page lately, and when."""
        return self.table_of(records.LINKS_ASKED)

    def ask_link(self, person_id: str, now: datetime) -> None:
        """Remember that a person asks for a link to their own page; not more often than they can get one, nor for more
        people than LINKS_A_DAY."""
        lately = {key: at for key, at in self.links_asked().items() if now - at < timedelta(days=1)}
        if len(lately.keys() | {person_id}) <= LINKS_A_DAY:
            self._table(records.LINKS_ASKED).put(person_id, {"at": now.isoformat()})

    def is_former(self, mark: str) -> bool:
        """Whether it is the mark of somebody of whom nothing else is left: nobody else becomes one of them."""
        return self._table(records.FORMER).has(mark)

    def former(self) -> dict[str, Former]:
        """Those of whom nothing else is left, by the marks of their ids."""
        return self.table_of(records.FORMER)

    def same(self) -> dict[str, Same]:
        """Which ids are somebody else's by an administrator's decision."""
        return self.table_of(records.SAME)

    def ids_of(self, person_id: str) -> tuple[str, ...]:
        """The person's id, and those that are theirs by decision."""
        return (person_id, *(key for key, one in self.same().items() if one.person == person_id))

    def put(self, table: str, key: str, value: object) -> None:
        """Write one plain record."""
        self.changes += table in IN_MEMORY
        self._table(table).put(key, to_plain(value))

    def drop(self, table: str, key: str) -> None:
        """Take one plain record out, if it is there."""
        self.changes += table in IN_MEMORY
        self._table(table).remove(doc_ids=[key])

    def on_server(self) -> OnServer:
        """What is known of the calendar servers."""
        return OnServer(
            blocks=self.table_of(records.BLOCKS),
            meetings=self.table_of(records.MEETINGS),
            decided=self.decided(),
        )

    def block(self, person_id: str) -> BlockState | None:
        found: BlockState | None = self._one(records.BLOCKS, person_id)
        return found

    def put_block(self, standing: BlockState, *, sync: bool) -> None:
        with self.database.batch(sync=sync):
            self._table(records.BLOCKS).put(standing.person_id, to_plain(standing))

    def meeting(self, record: str) -> MeetingState | None:
        found: MeetingState | None = self._one(records.MEETINGS, record)
        return found

    def put_meeting(self, standing: MeetingState, *, sync: bool) -> None:
        with self.database.batch(sync=sync):
            self._table(records.MEETINGS).put(
                AttendeeKey(standing.subject, standing.person_id).to_text(), to_plain(standing)
            )

    def decided(self) -> dict[str, dict[date, time]]:
        """The days that moved to a free minute, by `week/person`; empty where none did."""
        return self.table_of(records.FREE_MINUTES)

    def decide(self, found: Mapping[str, Mapping[date, time]]) -> None:
        """Remember what was decided about free minutes; what was decided before stays."""
        with self.database.batch():
            for key, days in found.items():
                if not self._table(records.FREE_MINUTES).has(key):
                    plain = {day.isoformat(): start.isoformat("minutes") for day, start in days.items()}
                    self._table(records.FREE_MINUTES).put(key, plain)

    def settle_block(self, standing: BlockState, call: Call, week: Week) -> None:
        """What came of a call about a block, with what the fuse remembers, in one line."""
        with self.database.batch(sync=False):
            self.put_block(standing, sync=False)
            self._remember(call, week)

    def settle_meeting(self, standing: MeetingState, call: Call, today: date) -> None:
        """What came of a call about a meeting: the server has mailed somebody, and a turn's announcement counts for the
        day."""
        with self.database.batch(sync=False):
            self.put_meeting(standing, sync=False)
            self._remember(call, Week.of(today))
            if call.own_turn:
                self._table(records.TURN_LETTERS).put(call.person.id, {"day": today.isoformat()})

    def _remember(self, call: Call, week: Week) -> None:
        changes = self.fuse_changes({call.kind: 1}, call.channel, week)
        self._table(records.FUSE).put(call.kind, changes[records.FUSE][call.kind])

    def write(self, plan: Plan) -> bool:
        """Everything of a plan but its letters: turns, people, this week's prompts, the feeds that changed.

        False, and nothing is written, when somebody has changed a turn since the plan was made: what they did must not
        be undone by it, so another plan is needed.
        """
        if plan.written:
            with (
                self.database.batch()
            ):  # one line: a turn without its place in the list would be numbered again, and overwritten
                if any(self.table_of(table) != values for table, values in plan.as_read.items()):
                    return False
                for table, documents in plan.written.items():
                    self.write_all(table, documents)
        self.changes += 1
        people = plan.census.all
        self.write_all(records.PEOPLE, {person.id: records.from_known(person) for person in people})
        self.write_all(records.FEEDS, {key: _from_feed(feed) for key, feed in plan.feeds.items()})
        if not any(one.kind == "clock" for one in plan.held):  # then nobody has looked what else is
            self._hold(plan.held, {one.kind for one in plan.waiting})
        return True

    def fuse_changes(self, letters: Mapping[str, int], transport: str, week: Week) -> dict[str, dict[str, Any]]:
        """The fuse's memory after so many more letters of each kind, as changes to write with their claim."""
        after = {kind: self.memory(kind).after(transport, str(week), count) for kind, count in letters.items()}
        documents = {
            kind: {"transports": sorted(memory.transports), "weeks": dict(memory.weeks)}
            for kind, memory in after.items()
        }
        return {records.FUSE: documents}

    def publication_changes(self, publication: Publication) -> dict[str, dict[str, Any]]:
        """A publication as changes to write with a claim or settle."""
        return {records.PUBLICATIONS: {publication.key: from_publication(publication)}}

    def write_all(self, table: str, documents: Mapping[str, Mapping[str, Any]]) -> None:
        items = list(documents.items())
        for start in range(0, len(items), BATCH):
            with self.database.batch():
                for key, document in items[start : start + BATCH]:
                    self._table(table).put(key, document)

    def _all(self, table: str) -> Iterable[tuple[str, dict[str, Any]]]:
        return self.database.storage.documents(table)

    def table_of(self, table: str) -> dict[str, Any]:
        """A whole table by key, read by its row and as departments are called now, without what cannot be read: that is
        remembered for `unreadable`."""
        found, row = self._as_written(table), TABLES[table]
        called = self._called() if row.renamed else AS_THEY_ARE
        if not called:
            return found
        kept = self._of_today.get(table)
        if kept is None or kept[0] is not called or kept[1] is not found:
            kept = called, found, as_called(row, found, called)
            if table in IN_MEMORY:
                self._of_today[table] = kept
        return kept[2]

    def _as_written(self, table: str) -> dict[str, Any]:
        version = self.database.storage.version(table) if table in IN_MEMORY else None
        if version is not None:
            return self._read_changed(table, version)
        found: dict[str, Any] = {}
        bad = list[Unreadable]()
        for key, document in self._all(table):
            try:
                found[key] = read(table, key, document)
            except CannotRead as wrong:
                bad.append(wrong.record)
        self._unreadable[table] = tuple(bad)
        return found

    def _read_changed(self, table: str, version: int) -> dict[str, Any]:
        """The same, where only the records that changed since the last time are read: a click must not cost a walk
        through all turns. What comes back is shared, and not to be changed."""
        before, known, found = self._kept.get(table, (None, {}, {}))
        if before == version:
            return found
        values: dict[str, tuple[bytes, Any]] = {}
        bad = list[Unreadable]()
        for key, packed in self.database.storage.packed(table):
            kept = known.get(key)
            if kept and kept[0] is packed:
                values[key] = kept
                continue
            try:
                values[key] = packed, read(table, key, unpacked(packed))
            except CannotRead as wrong:
                bad.append(wrong.record)
        self._unreadable[table] = tuple(bad)
        found = {key: value for key, (_, value) in values.items()}
        self._kept[table] = version, values, found
        return found

    def _one(self, table: str, key: str) -> Any:
        """One record, None where there is none. Raises CannotRead."""
        document = self._table(table).find(key)
        if document is None:
            return None
        value, rename = read(table, key, document), TABLES[table].renamed
        return rename(key, value, self._called())[1] if rename else value


def _also_said(key: str, called: Called) -> Iterator[str]:
    """The keys that a notice about a department has had while that was called otherwise."""
    if (notice := NoticeKey.from_text(key)).kind in OF_DEPARTMENTS:
        yield from (one.to_text() for one in called.notices(notice))


def as_called(row: Table, found: Mapping[str, Any], called: Called) -> dict[str, Any]:
    """The values of a table as departments are called now; of two that have one key by that, what they are together."""
    assert row.renamed
    named = [(key, *row.renamed(key, value, called)) for key, value in found.items()]
    after = {new: value for key, new, value in named if new == key}
    for key, new, value in named:
        if new != key:
            after[new] = row.both(after[new], value) if row.both and new in after else value
    return after


def _from_feed(feed: Feed) -> dict[str, Any]:
    return {"fingerprint": feed.fingerprint, "revised": feed.revised.isoformat(), "issue": feed.issue}
