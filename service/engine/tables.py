"""Every table of the store: those of the programmes, and the service's own. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from calendars.record import to_publication
from calendars.server.meeting import MeetingState
from culture.called import Called
from culture.census import Known
from culture.concerns import Concern, Tally
from culture.erased import Former
from culture.keys import AttendeeKey, ChoiceKey, NoticeKey, PersonWeek, last_part
from culture.outsiders import Holder
from culture.same import Same
from culture.unsaid import Recall, Silence, Unsaid
from service.engine import told
from service.engine.table_row import FOLD_AFTER, KEEP, Table, department_of_today, its_key, named_in, plain, week_before
from service.engine.told import LINKS_KEPT
from service.planning.feeds import Feed
from service.planning.fuse import SendHistory
from service.planning.links import Issues
from service.programmes import rows
from store import records
from store.letters import from_document
from store.unreadable import Document


def _since(_: str, document: Document) -> datetime:
    return records.moment(document["since"])


def _feed(_: str, document: Document) -> Feed:
    return Feed(
        fingerprint=document["fingerprint"],
        revised=records.moment(document["revised"]),
        issue=document["issue"],
    )


def _week_counts(key: str, document: Document) -> Mapping[str, int]:
    PersonWeek.from_text(key)
    return {name: int(count) for name, count in document.items()}


def _memory(_: str, document: Document) -> SendHistory:
    return SendHistory(transports=frozenset(document["transports"]), weeks=dict(document["weeks"]))


def _size_and_change(_: str, document: Document) -> tuple[int, int]:
    return int(document["size"]), int(document["changed"])


def _approval_is_over(now: datetime, _: str, document: Document) -> bool:
    return not document.get("ahead") and records.moment(document["at"]) < now - FOLD_AFTER


def _left_long_ago(now: datetime, _: str, document: Document) -> bool:
    left = document.get("left")
    return left is not None and date.fromisoformat(left) < (now - KEEP).date()


def _works_now(key: str, one: Known, called: Called) -> tuple[str, Known]:
    today = called.now(one.row.department)
    return key, one if today == one.row.department else replace(one, row=replace(one.row, department=today))


def _same(key: str, document: Document) -> tuple[str, ...]:
    return (key, *named_in("person")(key, document))


def _met(key: str, document: Document) -> tuple[str, ...]:
    """Whose meeting it is: one person's, or of all who are invited."""
    person = AttendeeKey.from_text(key).person_id
    invited = document.get("invited") if isinstance(document, Mapping) else None
    return (person, *(str(one) for one in invited)) if isinstance(invited, list) else (person,)


def _met_as(one: MeetingState, was: str, person: str) -> MeetingState:
    """Invited as the person that they turned out to be: no news to anybody."""
    return replace(one, invited=tuple(dict.fromkeys(person if who == was else who for who in one.invited)))


def _published_of(_: str, document: Document, was: str, now: str) -> Document:
    """Somebody else's, in which they stand as who presents."""
    found = {name: _presented_by(document.get(name), was, now) for name in ("entry", "intended", "parked")}
    return document if all(document.get(name) is one for name, one in found.items()) else {**document, **found}


def _presented_by(entry: Any, was: str, now: str) -> Any:
    """An event, or the change that holds one. The same where they are not in it."""
    if not isinstance(entry, Mapping):
        return entry
    if "entry" in entry:
        inside = _presented_by(entry["entry"], was, now)
        return entry if inside is entry["entry"] else {**entry, "entry": inside}
    return {**entry, "presenter": now} if entry.get("presenter") == was else entry


def _met_by(key: str, document: Document, was: str, now: str) -> Document:
    """One of several, of whom they were; or somebody else's, in which they stand as who presents."""
    held = {name: _presented_by(document.get(name), was, now) for name in ("stands", "intended")}
    found = {name: one for name, one in held.items() if one is not document.get(name)}
    invited = document.get("invited")
    if isinstance(invited, list) and was in invited:
        found["invited"] = [now if one == was else one for one in invited]
    return {**document, **found} if found else document


def _approved_without(_: str, document: Document, was: str, now: str) -> Document:
    """Without the keys of what is about them: `leave/ID`, `row/HASH/ID`, `tip/2026-W49/ID`."""
    keys = [key for key in document["keys"] if last_part(str(key)) != was]
    return document if len(keys) == len(document["keys"]) else {**document, "keys": keys}


def _approved_of_theirs(document: Document, person_id: str) -> Document:
    return {**document, "keys": [key for key in document["keys"] if last_part(str(key)) == person_id]}


OURS = (
    Table(
        name=records.PEOPLE,
        told=told.PEOPLE,
        at_restore="put back",
        read=records.to_known,
        renamed=_works_now,
        whose=its_key,
        in_memory=True,
    ),
    Table(
        name=records.PREFERENCES,
        told=told.PREFERENCES,
        at_restore="put back",
        read=lambda _, document: records.to_preference(document),
        whose=its_key,
        in_memory=True,
    ),
    Table(
        name=records.CHOICES,
        told=told.CHOICES,
        at_restore="kept",  # that a choice is turned back does not mean that it was never made
        read=records.to_choice,
        whose=lambda key, _: (ChoiceKey.from_text(key).person_id,),
        over=lambda now, key, _: ChoiceKey.from_text(key).at < now - KEEP,
    ),
    Table(
        name=records.SAME,
        told=told.SAME,
        at_restore="kept",  # the turns of both are one person's by now
        read=plain(Same),
        whose=_same,
        in_memory=True,
    ),
    Table(name=records.FORMER, at_restore="kept", read=plain(Former)),
    Table(name=records.TALLIES, at_restore="kept", read=plain(Tally)),  # nobody can choose again
    Table(
        name=records.OUTSIDERS,
        told=told.OUTSIDERS,
        at_restore="kept",  # they have got what they have got
        read=plain(Holder),
        whose=its_key,
        over=_left_long_ago,
        in_memory=True,
    ),
    # Calendars and links
    Table(name=records.FEEDS, told=told.FEEDS, at_restore="kept", read=_feed, whose=its_key),
    Table(name=records.LINKS, told=told.LINKS, at_restore="kept", read=plain(Issues), whose=its_key, in_memory=True),
    Table(
        name=records.LINKS_ASKED,
        told=told.LINKS_ASKED,
        at_restore="kept",
        read=lambda _, document: records.moment(document["at"]),
        whose=its_key,
        over=lambda now, _, document: records.moment(document["at"]) < now - LINKS_KEPT,
    ),
    Table(
        name=records.PUBLICATIONS,
        told=told.PUBLICATIONS,
        unnamed=_published_of,
        at_restore="kept",
        read=lambda _, document: to_publication(document),
        whose=named_in("person"),
    ),
    # What people wrote without a name
    Table(
        name=records.CONCERNS, at_restore="put back", read=plain(Concern), renamed=department_of_today, in_memory=True
    ),
    Table(
        name=records.MEETINGS,
        told=told.MEETINGS,
        unnamed=_met_by,
        at_restore="kept",
        read=plain(MeetingState),
        whose=_met,
        joined=_met_as,
    ),
    # Letters
    Table(name=records.LETTERS, told=told.LETTERS, at_restore="kept", read=from_document, whose=named_in("person")),
    Table(
        name=records.NOTICES,
        told=told.NOTICES,
        at_restore="kept",
        read=lambda _, document: document["letter"],
        whose=lambda key, _: (NoticeKey.from_text(key).person_id,),
    ),
    Table(
        name=records.WEEKS,
        told=told.LETTERS_OF_A_WEEK,
        at_restore="kept",
        read=_week_counts,
        whose=lambda key, _: (PersonWeek.from_text(key).person_id,),
        over=lambda now, key, _: str(PersonWeek.from_text(key).week) < week_before(now, timedelta(weeks=1)),
    ),
    # Why a letter did not come: `aikultur why` looks a month back.
    Table(
        name=records.UNSAID,
        told=told.UNSAID,
        at_restore="kept",
        read=plain(Unsaid),
        whose=lambda key, _: (NoticeKey.from_text(key).person_id,),
        over=lambda now, _, document: records.moment(document["too_late"]) < now - FOLD_AFTER,
    ),
    Table(
        name=records.SILENCES,
        at_restore="kept",
        read=plain(Silence),
        over=lambda now, _, document: records.moment(document["until"]) < now - FOLD_AFTER,
    ),
    Table(
        name=records.RECALLS,
        at_restore="kept",  # what was taken back is taken back
        read=plain(Recall),
        over=lambda now, _, document: "until" in document and records.moment(document["until"]) < now - FOLD_AFTER,
    ),
    Table(name=records.COUNTS, at_restore="kept", read=lambda _, document: records.to_numbers(document)),
    Table(name=records.RETRIES, at_restore="dropped"),
    Table(name=records.TROUBLE, at_restore="put back"),
    Table(name=records.WAYS, at_restore="kept", read=_since),
    # The fuse, and what was looked at
    Table(name=records.FUSE, at_restore="kept", read=_memory),
    Table(
        name=records.APPROVALS,
        told=told.APPROVALS,
        unnamed=_approved_without,
        mine=_approved_of_theirs,
        at_restore="dropped",
        read=lambda _, document: frozenset(map(str, document["keys"])),
        over=_approval_is_over,
    ),
    Table(name=records.HELD, at_restore="dropped", read=_since),
    Table(name=records.FILES, at_restore="put back", read=_size_and_change),
    Table(name=records.LOGINS, at_restore="kept"),
    Table(name=records.SIGNING, at_restore="kept"),
)

ROWS: tuple[Table, ...] = (*rows("tables", "TABLES"), *OURS)
TABLES: Mapping[str, Table] = {row.name: row for row in ROWS}
IN_MEMORY = frozenset(row.name for row in ROWS if row.in_memory)
