"""Whether a people file is believed, or what a group has become: an export gone wrong must not turn people into others, or
out of the house. Pure.

What is measured against are the people as they were when a file was last believed. Few may join, change or go at any
time. When many go or change at once the whole file waits, and everybody stays as they were, until somebody approves
exactly that or mends the file.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from culture.census import Census, Erased, Known, What, census, differs, inherited
from culture.keys import LeaveKey, RowKey
from culture.people import Row
from culture.pilot import within
from culture.same import Same
from culture.workdays import Closing, first_day
from service.messages.translation import Sentence, word
from service.planning.fuse import Held
from service.settings import people_source
from service.settings.inputs import Inputs, closing
from service.settings.sections import LimitsSection

MAY_LEAVE = 2
"""One or two may go at once in a house of any size."""

MAY_CHANGE = 5
"""So many may change at once in a house of any size: a small department got a new name."""

SHOWN = 2
"""Examples in the sentence: enough to see what went wrong."""


def believed(
    inputs: Inputs,
    known: Mapping[str, Known],
    same: Mapping[str, Same],
    former: Callable[[str], bool],
    erased: Erased,
    approved: Collection[str],
    new_id: Callable[[Row], str],
    now: datetime,
    today: date,
) -> tuple[Census, tuple[Held, ...]]:
    """What the people file, or the group, changes in `known`, or nothing of it and why it waits."""
    if inputs.people is None:
        return Census(), ()
    found = census(
        known,
        inputs.people.rows,
        unreadable=inputs.people.unreadable,
        same=same,
        former=former,
        erased=erased,
        new_id=new_id,
        now=now,
        today=today,
        gone=gone_on(closing(inputs.config), today),
    )
    if pilot := inputs.config.pilot:
        found = within(found, known, pilot, today)
    outside = [one for one in found.outside if LeaveKey(one.id).to_text() not in approved]
    leave = _leaving(found, known, same, approved, today)
    change = [pair for pair in _changing(found, known, same, today) if row_key(pair[1]) not in approved]
    there, limits, origin = (
        sum(_is_here(one, today) for one in known.values()),
        inputs.config.limits,
        people_source.origin(inputs.source),
    )
    if inputs.people.rows:
        lost = _lost(len(leave), there, len(found.joined), limits, origin)
    else:
        lost = _lost_all(len(leave), origin)
    changed = _changed([(before.row, after.row) for before, after in change], there, limits, origin)
    reasons = tuple(reason for reason in (lost, changed, _narrowed(len(outside), there, limits)) if reason)
    if not reasons:
        return found, ()
    return Census(), (_held(reasons, (*leave, *outside), change),)


def _held(reasons: tuple[Sentence, ...], leave: Iterable[Known], change: Iterable[tuple[Known, Known]]) -> Held:
    keys = (*(LeaveKey(one.id).to_text() for one in leave), *(row_key(after) for _, after in change))
    return Held(kind="people", reason=Sentence("{reasons}", {"reasons": reasons}), keys=tuple(sorted(keys)))


def gone_on(closed: Closing, today: date) -> date:
    """The first day on which somebody is gone whose row is missing since `today`: a whole working day later."""
    return (first_day(today + timedelta(days=1), closed.works) or today) + timedelta(days=1)


def row_key(after: Known) -> str:
    """What is approved when a person's row becomes this one."""
    row = after.row
    new = repr((row.email, row.name, row.department, str(row.left or "")))
    return RowKey(hashlib.sha256(new.encode()).hexdigest()[:12], after.id).to_text()


def _is_here(one: Known, today: date) -> bool:
    return (one.gone is None or one.missing(today)) and (one.row.left is None or one.row.left >= today)


def _leaving(
    found: Census, known: Mapping[str, Known], same: Collection[str], approved: Collection[str], today: date
) -> list[Known]:
    """Who goes without a word from HR, those among them who are still here although their row is missing.

    A file that is cut off a little more at each look is one that was cut off.
    """
    lost = {one.id: known[one.id] for one in found.vanished}
    lost |= {one.id: one for one in known.values() if one.missing(today)}
    back = {one.id for one in found.changed}
    return [
        one
        for key, one in lost.items()
        if key not in back and key not in same and _is_here(one, today) and LeaveKey(key).to_text() not in approved
    ]


def _changing(
    found: Census, known: Mapping[str, Known], same: Mapping[str, Same], today: date
) -> Iterator[tuple[Known, Known]]:
    """Whose row becomes quite another, before and after; also where it becomes another person's with the same address."""
    yield from ((known[one.id], one) for one in found.changed if differs(known[one.id].row, one.row))
    yield from inherited((*found.vanished, *found.joined), today, same)


def _lost_all(lost: int, origin: Sentence) -> Sentence | None:
    """Why nobody at all is not believed, in a house of any size."""
    text = "{origin} has nobody any more, and {lost} people were in it"
    return Sentence(text, {"origin": origin, "lost": lost}) if lost else None


def _narrowed(outside: int, there: int, limits: LimitsSection) -> Sentence | None:
    """Why a pilot that leaves so many out is not believed; None when it is."""
    if outside <= MAY_LEAVE or outside * 100 <= there * limits.lost_people_percent:
        return None
    text = "[people] only leaves out {outside} of the {there} people who are in, more than {percent} %"
    return Sentence(text, {"outside": outside, "there": there, "percent": limits.lost_people_percent})


def _lost(lost: int, there: int, joined: int, limits: LimitsSection, origin: Sentence) -> Sentence | None:
    """Why a file that lost so many is not believed; None when it is."""
    if lost <= MAY_LEAVE or lost * 100 <= there * limits.lost_people_percent:
        return None
    fields = {"origin": origin, "lost": lost, "there": there, "percent": limits.lost_people_percent, "joined": joined}
    text = "{origin} lost {lost} of {there} people, more than {percent} %"
    if joined:
        text = "{origin} lost {lost} of {there} people, more than {percent} %, and has {joined} new ones"
    return Sentence(text, fields)


def _changed(pairs: Sequence[tuple[Row, Row]], there: int, limits: LimitsSection, origin: Sentence) -> Sentence | None:
    """Why a file in which so many rows (before, after) changed is not believed; None when it is."""
    if len(pairs) <= MAY_CHANGE or len(pairs) * 100 <= there * limits.changed_people_percent:
        return None
    counts = Counter(what for before, after in pairs for what in differs(before, after)).most_common()
    most = counts[0][0]
    alike = [pair for pair in pairs if most in differs(*pair)]
    text = "{origin} changed {count} of {there} people, more than {percent} % ({counts}). For example {examples}"
    fields = {
        "origin": origin,
        "count": len(pairs),
        "there": there,
        "percent": limits.changed_people_percent,
        "counts": tuple(Sentence("{what}: {number}", {"what": word("row", what), "number": n}) for what, n in counts),
        "examples": tuple(_example(before, after, most) for before, after in alike[:SHOWN]),
    }
    return Sentence(text, fields)


def _example(before: Row, after: Row, what: What) -> Sentence:
    text = '{name} ("{old}" became "{new}")'
    return Sentence(text, {"name": before.name, "old": _value(before, what), "new": _value(after, what)})


def _value(row: Row, what: What) -> str:
    values: dict[What, str] = {
        "address": row.email,
        "name": row.name,
        "department": row.department,
        "leaving-date": str(row.left or ""),
    }
    return values[what]
