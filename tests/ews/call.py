"""One request on its way through the operations: who acts, on what, and how answers are put together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from tests.ews.faults import Fault
from tests.ews.mailbox import Item, Mailbox, Occurrence, read_id
from tests.ews.soap import Envelope, EwsError, local, make, message
from tests.ews.world import World

NEEDED = {
    "CreateItem": ("m:Items",),
    "UpdateItem": ("m:Items",),
    "GetItem": ("m:Items",),
    "GetServerTimeZones": ("m:TimeZoneDefinitions",),
}
"""What the schema wants in an error's response message too."""


@dataclass(slots=True)
class Call:
    """`box` is the mailbox that acts: the impersonated one, or the account's own."""

    world: World
    box: Mailbox
    envelope: Envelope
    fault: Fault | None = None  # one that strikes a single item

    @property
    def request(self) -> Element:
        return self.envelope.body

    def each(self, elements: Iterable[Element], work: Callable[[Element], list[Element]]) -> list[Element]:
        """A response message for each element: one that fails leaves the others alone."""
        operation, messages = self.envelope.operation, []
        for number, element in enumerate(elements, 1):
            try:
                self.strike(number)
                messages.append(message(operation, *work(element)))
            except EwsError as error:
                if error.fault:
                    raise
                needed = [make(name) for name in NEEDED.get(operation, ())]
                messages.append(message(operation, *needed, error=error))
        return messages

    def strike(self, number: int) -> None:
        if self.fault is not None and self.fault.item == number:
            raise EwsError(self.fault.what, "by script")

    def check_room(self) -> None:
        if self.box.state == "full":
            raise EwsError("ErrorQuotaExceeded", "The mailbox is full.")

    def resolve(self, element: Element) -> tuple[Item, Occurrence | None]:
        """What an ItemId, OccurrenceItemId or RecurringMasterItemId means: an item, or one day of a series."""
        kind = local(element)
        attribute = {"OccurrenceItemId": "RecurringMasterId", "RecurringMasterItemId": "OccurrenceId"}.get(kind, "Id")
        found = read_id(element.get(attribute, ""))
        if found.kind == "folder":
            raise EwsError("ErrorCannotUseFolderIdForItemId")
        if found.owner != self.box.address:
            raise EwsError("ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        item = self.box.item(found.number)
        if kind == "RecurringMasterItemId":
            if found.original is None:
                raise EwsError("ErrorCalendarCannotUseIdForRecurringMasterId")
            return item, None
        if kind == "OccurrenceItemId":
            if found.original is not None or item.recurrence is None:
                raise EwsError("ErrorCalendarCannotUseIdForOccurrenceId")
            index, deleted_too = int(element.get("InstanceIndex", "0")), self.world.counts_deleted
            return item, item.occurrence(item.original_of_index(index, deleted_too=deleted_too))
        if found.original is None:
            return item, None
        return item, item.occurrence(item.check_original(found.original))


def elements_in(request: Element, name: str) -> list[Element]:
    """The children of one part of a request."""
    return [each for part in request if local(part) == name for each in part]
