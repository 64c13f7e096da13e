"""Writing: what a client sends becomes an item, changes one, or changes one day of a series.

Rules from the reference and MS-OXOCAL: required properties, what cannot be set, days that may not cross their
neighbours. Guesses [U]: a series starts on its pattern's first day whatever Start says; a changed pattern, time of day
or zone drops all changed and deleted days, and so does a new end date, unless `keeps_exceptions_on_extension`.
"""

import copy
from datetime import datetime
from xml.etree.ElementTree import Element, tostring

from tests.ews.mailbox import ATTENDEES, Fields, Item, Mailbox, Occurrence, Override, PropertyPath, stamp
from tests.ews.render import WORKED_OUT, path_of
from tests.ews.soap import EwsError, child, local, make
from tests.ews.world import World
from tests.ews.zones import zone_of

ORGANIZERS = frozenset(
    (*ATTENDEES, "Start", "End", "Recurrence", "Subject", "Body", "Location", "UID", "StartTimeZone")
)
"""What only the organizer's copy may change (ErrorInvalidPropertySet on others: exchangelib#762, #1356)."""


def read_properties(element: Element) -> tuple[Fields, dict[PropertyPath, Element]]:
    """The properties of an item as they were sent; later ones win."""
    fields: Fields = {}
    extended: dict[PropertyPath, Element] = {}
    for each in element:
        if local(each) == "ExtendedProperty":
            uri = child(each, "t:ExtendedFieldURI")
            assert uri is not None
            extended[path_of(uri)] = each
        else:
            fields[local(each)] = each
    return fields, extended


def new_appointment(world: World, box: Mailbox, element: Element, context_zone: str | None) -> Item:
    """A calendar item, in no mailbox yet. Raises EwsError for what cannot be."""
    item = world.new_item(box, "CalendarItem", "calendar")
    item.fields, item.extended = read_properties(element)
    for name in sorted(item.fields.keys() & WORKED_OUT):
        raise EwsError("ErrorInvalidPropertySet", f"{name} cannot be set.")
    for name in ("Start", "End"):
        if name not in item.fields:
            raise EwsError("ErrorCalendarInvalidPropertyValue", f"{name} is missing.")
    uid = item.fields.pop("UID", None)
    item.uid = (uid.text if uid is not None else None) or f"040000008200E00074C5B7101A82E008{item.number:016X}"
    _give_zone(item, context_zone)
    settle_times(item)
    return item


def _give_zone(item: Item, context_zone: str | None) -> None:
    for name in ("StartTimeZone", "EndTimeZone"):
        if name not in item.fields:
            item.fields[name] = make(f"t:{name}", Id=context_zone or "UTC")
        zone_of(item.fields[name].get("Id", ""))


def settle_times(item: Item) -> None:
    """Check the times, write them in UTC, and put a series on its first day."""
    start, end = item.start, item.end
    if end < start:
        raise EwsError("ErrorCalendarEndDateIsEarlierThanStartDate")
    first = next(item.all_starts(), None)
    if first is None:
        raise EwsError("ErrorRecurrenceHasNoOccurrence")
    _set_time(item.fields, "Start", first)
    _set_time(item.fields, "End", first + (end - start))


def _set_time(fields: Fields, name: str, at: datetime) -> None:
    fields[name] = make(f"t:{name}", text=stamp(at))


def apply(world: World, item: Item, updates: Element) -> frozenset[str]:
    """Change an item; the names of what was changed. A failed change leaves it as it was."""
    trial = item.copied()
    changed = set()
    for update in updates:
        changed.add(_apply_one(trial.fields, trial.extended, update))
    _check_names(item, changed)
    if item.kind == "CalendarItem":
        _after_change(world, item, trial, changed)
    item.fields, item.extended, item.uid = trial.fields, trial.extended, trial.uid
    item.overrides, item.deleted = trial.overrides, trial.deleted
    item.touch(world.now())
    return frozenset(changed)


def _after_change(world: World, before: Item, after: Item, changed: set[str]) -> None:
    uid = after.fields.pop("UID", None)
    if uid is not None:
        after.uid = uid.text or ""
    if not changed & {"Start", "End", "Recurrence", "StartTimeZone", "EndTimeZone"}:
        return
    _give_zone(after, None)
    settle_times(after)
    if not _same_days(world, before, after):
        after.overrides, after.deleted = {}, set()


def _same_days(world: World, before: Item, after: Item) -> bool:
    """Whether changed and deleted days survive this change of the series."""
    if before.recurrence is None or after.recurrence is None:
        return False
    if (before.start, before.end, before.zone_name) != (after.start, after.end, after.zone_name):
        return False
    old, new = before.recurrence, after.recurrence
    if _written(old) == _written(new):
        return True
    return world.keeps_exceptions_on_extension and _written(old[0]) == _written(new[0])


def _written(element: Element) -> list[tuple[str, str]]:
    return [(local(each), (each.text or "").strip()) for each in element.iter()]


def apply_to_day(world: World, day: Occurrence, updates: Element) -> frozenset[str]:
    """Change one day of a series; the names of what was changed."""
    item = day.item
    own = copy.deepcopy(day.override) or Override()
    changed = set()
    for update in updates:
        changed.add(_apply_one(own.fields, own.extended, update))
    _check_names(item, changed)
    if changed & {"Recurrence", "UID", *ATTENDEES}:
        raise EwsError("ErrorInvalidPropertySet", "A day of a series cannot have this of its own.")
    moved = Occurrence(item, day.original, own)
    if moved.end < moved.start:
        raise EwsError("ErrorCalendarEndDateIsEarlierThanStartDate")
    if changed & {"Start", "End"}:
        _check_neighbours(moved)
        _set_time(own.fields, "Start", moved.start)
        _set_time(own.fields, "End", moved.end)
    item.overrides[day.original] = own
    item.touch(world.now())
    return frozenset(changed)


def _check_neighbours(moved: Occurrence) -> None:
    """Not onto or past the day of the one before or after, nor into it (ErrorOccurrenceCrossingBoundary)."""
    zone = zone_of(moved.item.zone_name)
    before, after = moved.item.neighbours(moved.original)
    date = moved.start.astimezone(zone).date()
    too_early = before is not None and date <= before.start.astimezone(zone).date()
    too_late = after is not None and date >= after.start.astimezone(zone).date()
    if too_early or too_late:
        text = "Modified occurrence is crossing or overlapping adjacent occurrence."
        raise EwsError("ErrorOccurrenceCrossingBoundary", text)


def delete_day(world: World, day: Occurrence) -> None:
    """Take one day out. Raises EwsError where it is the last one [U: a real server may end the series]."""
    item = day.item
    gone = {*item.deleted, day.original}
    if all(at in gone for at in item.all_starts()):
        raise EwsError("ErrorRecurrenceHasNoOccurrence")
    item.deleted.add(day.original)
    item.overrides.pop(day.original, None)
    item.touch(world.now())


def _apply_one(fields: Fields, extended: dict[PropertyPath, Element], update: Element) -> str:
    """One SetItemField or DeleteItemField; the name of the property."""
    action, uri = local(update), update[0]
    if action not in ("SetItemField", "DeleteItemField"):
        raise EwsError("ErrorInvalidPropertyAppend", f"{action} is not served here.")
    if local(uri) == "ExtendedFieldURI":
        path = path_of(uri)
        extended.pop(path, None)
        if action == "SetItemField":
            extended[path] = update[1][0]
        return "ExtendedProperty"
    name = uri.get("FieldURI", "").partition(":")[2]
    if action == "DeleteItemField":
        if name in ("Start", "End", "UID"):
            raise EwsError("ErrorInvalidPropertyDelete", f"{name} cannot be deleted.")
        fields.pop(name, None)
        return name
    value = update[1][0]
    if len(update[1]) != 1 or local(value) != name:
        raise EwsError("ErrorIncorrectUpdatePropertyCount", f"FieldURI says {name}, the item {tostring(value)!r}.")
    fields[name] = value
    return name


def _check_names(item: Item, changed: set[str]) -> None:
    for name in sorted(changed):
        if name in WORKED_OUT or (item.is_copy and name in ORGANIZERS):
            raise EwsError("ErrorInvalidPropertySet", f"Set action is invalid for {name}.")
