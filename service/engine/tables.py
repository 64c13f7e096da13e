"""Every table of the store: those of the programmes, and the service's own. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from calendars.record import to_publication
from calendars.server.meeting import MeetingState
from culture.called import Called
from culture.census import Known
from culture.concerns import Concern, Tally
from culture.keys import AttendeeKey, ChoiceKey, NoticeKey, PersonWeek
from culture.outsiders import Holder
from culture.same import Same
from culture.unsaid import Recall, Silence, Unsaid
from service.engine.table_row import FOLD_AFTER, KEEP, Table, department_of_today, its_key, named_in, plain, week_before
from service.planning.feeds import Feed
from service.planning.fuse import SendHistory
from service.planning.links import Issues
from service.programmes import rows
from store import records
from store.letters import from_document
from store.unreadable import Document

LINKS_KEPT = timedelta(days=2)
"""How long it is known that somebody asked for a link: until nobody's letter about it can be due."""


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


OURS = (
    Table(
        name=records.PEOPLE,
        at_restore="put back",
        read=records.to_known,
        renamed=_works_now,
        whose=its_key,
        with_person=True,
        in_memory=True,
    ),
    Table(
        name=records.PREFERENCES,
        at_restore="put back",
        read=lambda _, document: records.to_preference(document),
        whose=its_key,
        with_person=True,
        in_memory=True,
    ),
    Table(
        name=records.CHOICES,
        at_restore="kept",  # that a choice is turned back does not mean that it was never made
        read=records.to_choice,
        whose=lambda key, _: (ChoiceKey.from_text(key).person_id,),
        with_person=True,
        over=lambda now, key, _: ChoiceKey.from_text(key).at < now - KEEP,
    ),
    Table(
        name=records.SAME,
        at_restore="kept",  # the turns of both are one person's by now
        read=plain(Same),
        whose=_same,
        with_person=True,
        in_memory=True,
    ),
    Table(
        name=records.FORMER,
        at_restore="kept",
        read=lambda _, document: date.fromisoformat(document["erased"]),
    ),
    Table(name=records.TALLIES, at_restore="kept", read=plain(Tally)),  # nobody can choose again
    Table(
        name=records.OUTSIDERS,
        at_restore="kept",  # they have got what they have got
        read=plain(Holder),
        whose=its_key,
        with_person=True,
        over=_left_long_ago,
        in_memory=True,
    ),
    # Calendars and links
    Table(name=records.FEEDS, at_restore="kept", read=_feed, whose=its_key, with_person=True),
    Table(name=records.LINKS, at_restore="kept", read=plain(Issues), whose=its_key, with_person=True, in_memory=True),
    Table(
        name=records.LINKS_ASKED,
        at_restore="kept",
        read=lambda _, document: records.moment(document["at"]),
        whose=its_key,
        with_person=True,
        over=lambda now, _, document: records.moment(document["at"]) < now - LINKS_KEPT,
    ),
    Table(
        name=records.PUBLICATIONS,
        at_restore="kept",
        read=lambda _, document: to_publication(document),
        whose=named_in("person"),
        with_person=True,
    ),
    # What people wrote without a name
    Table(
        name=records.CONCERNS, at_restore="put back", read=plain(Concern), renamed=department_of_today, in_memory=True
    ),
    Table(name=records.MEETINGS, at_restore="kept", read=plain(MeetingState), whose=_met, joined=_met_as),
    # Letters
    Table(name=records.LETTERS, at_restore="kept", read=from_document, whose=named_in("person")),
    Table(
        name=records.NOTICES,
        at_restore="kept",
        read=lambda _, document: document["letter"],
        whose=lambda key, _: (NoticeKey.from_text(key).person_id,),
        with_person=True,
    ),
    Table(
        name=records.WEEKS,
        at_restore="kept",
        read=_week_counts,
        whose=lambda key, _: (PersonWeek.from_text(key).person_id,),
        over=lambda now, key, _: str(PersonWeek.from_text(key).week) < week_before(now, timedelta(weeks=1)),
    ),
    # Why a letter did not come: `aikultur why` looks a month back.
    Table(
        name=records.UNSAID,
        at_restore="kept",
        read=plain(Unsaid),
        whose=lambda key, _: (NoticeKey.from_text(key).person_id,),
        with_person=True,
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
