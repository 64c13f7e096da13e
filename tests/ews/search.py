"""Finding: restrictions, order, pages and the calendar view.

From the reference: FindItem without a view gives series, not their days; a CalendarView expands them, at most two
years wide (ErrorCalendarViewRangeTooBig); pages hold at most 1000 items, 250 with a restriction (ews-throttling).
Guess [U]: a restriction or an order together with a CalendarView is refused with ErrorInvalidRestriction.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple
from xml.etree.ElementTree import Element

from tests.ews.mailbox import Item, Mailbox, Occurrence, moment
from tests.ews.render import extended_value, path_of, values_of
from tests.ews.soap import EwsError, child, local

MOST, MOST_RESTRICTED = 1000, 250
WIDEST_VIEW = timedelta(days=2 * 366)

Found = tuple[Item, Occurrence | None]


class Page(NamedTuple):
    items: Sequence[Found]
    total: int
    next_offset: int | None  # None on the last page


def find(box: Mailbox, folder: str, request: Element) -> Page:
    """What a FindItem asks of one folder. Raises EwsError for what this server does not search by."""
    view, restriction = child(request, "m:CalendarView"), child(request, "m:Restriction")
    if view is not None:
        if restriction is not None or child(request, "m:SortOrder") is not None:
            raise EwsError("ErrorInvalidRestriction", "Not together with a CalendarView.")
        return _view(box, folder, view)
    for name in ("m:QueryString", "m:GroupBy", "m:DistinguishedGroupBy", "m:FractionalPageItemView"):
        if child(request, name) is not None:
            raise EwsError("ErrorInvalidOperation", f"{name} is not served here.")
    items = box.inside(folder)
    if restriction is not None:
        items = [item for item in items if matches(item, restriction[0])]
    _order(items, child(request, "m:SortOrder"))
    return _page([(item, None) for item in items], child(request, "m:IndexedPageItemView"), restriction is not None)


def _view(box: Mailbox, folder: str, view: Element) -> Page:
    if folder != "calendar":
        raise EwsError("ErrorCalendarFolderIsInvalidForCalendarView")
    start, end = moment(view.get("StartDate", "")), moment(view.get("EndDate", ""))
    if end < start:
        raise EwsError("ErrorCalendarEndDateIsEarlierThanStartDate")
    if end - start > WIDEST_VIEW:
        raise EwsError("ErrorCalendarViewRangeTooBig", "The view is wider than two years.")
    days = box.occurrences(start, end)
    most = int(view.get("MaxEntriesReturned", MOST))
    return Page([(day.item, day) for day in days[:most]], len(days), most if most < len(days) else None)


def _page(found: list[Found], view: Element | None, restricted: bool) -> Page:
    most = MOST_RESTRICTED if restricted else MOST
    size = most if view is None else min(most, int(view.get("MaxEntriesReturned", most)))
    offset = 0 if view is None else int(view.get("Offset", 0))
    if view is not None and view.get("BasePoint") == "End":
        raise EwsError("ErrorInvalidOperation", "BasePoint End is not served here.")
    last = offset + size
    return Page(found[offset:last], len(found), last if last < len(found) else None)


def _order(items: list[Item], order: Element | None) -> None:
    for field_order in reversed(list(order) if order is not None else []):
        values = _values(field_order[0])
        items.sort(key=lambda item: values(item), reverse=field_order.get("Order") == "Descending")


def _values(uri: Element) -> Callable[[Item], list[str]]:
    """How to read the texts of a property that a restriction or an order names."""
    if local(uri) == "ExtendedFieldURI":
        path = path_of(uri)

        def read(item: Item) -> list[str]:
            value = extended_value(item, None, path)
            return [] if value is None else [value]

        return read
    if local(uri) != "FieldURI":
        raise EwsError("ErrorUnsupportedPathForQuery", f"{local(uri)} cannot be searched by here.")
    name = uri.get("FieldURI", "").partition(":")[2]
    return lambda item: values_of(item, None, name)


COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "IsEqualTo": lambda left, right: left == right,
    "IsNotEqualTo": lambda left, right: left != right,
    "IsGreaterThan": lambda left, right: left > right,
    "IsGreaterThanOrEqualTo": lambda left, right: left >= right,
    "IsLessThan": lambda left, right: left < right,
    "IsLessThanOrEqualTo": lambda left, right: left <= right,
}


def matches(item: Item, condition: Element) -> bool:
    """Whether a restriction lets an item through. An item without the property never compares as true."""
    name = local(condition)
    if name == "And":
        return all(matches(item, each) for each in condition)
    if name == "Or":
        return any(matches(item, each) for each in condition)
    if name == "Not":
        return not matches(item, condition[0])
    values = [_comparable(text) for text in _values(condition[0])(item)]
    if name == "Exists":
        return bool(values)
    if name == "Contains":
        return any(_contains(condition, value) for value in values)
    constant = child(condition, "t:FieldURIOrConstant", "t:Constant")
    if name not in COMPARISONS or constant is None:
        raise EwsError("ErrorInvalidRestriction", f"{name} is not served here.")
    wanted = _comparable(constant.get("Value", ""))
    return any(COMPARISONS[name](value, wanted) for value in values)


def _contains(condition: Element, value: str) -> bool:
    constant = child(condition, "t:Constant")
    wanted = "" if constant is None else constant.get("Value", "")
    if condition.get("ContainmentComparison", "Exact") != "Exact":
        value, wanted = value.casefold(), wanted.casefold()
    mode = condition.get("ContainmentMode", "FullString")
    if mode == "Substring":
        return wanted in value
    return value.startswith(wanted) if mode == "Prefixed" else value == wanted


def _comparable(text: str) -> str:
    """Times in one form, so that texts compare as times do."""
    if len(text) >= 20 and text[4:5] == "-" and text[10:11] == "T":
        return moment(text).isoformat()
    return text
