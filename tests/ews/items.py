"""The operations on items: create, get, find, update, delete, send, cancel.

What is required, and which code says so: the reference's page of each operation. Guesses [U]: CancelCalendarItem of
something nobody was invited to is refused with ErrorInvalidItemForOperationCancelItem; what it cancels goes to
Deleted Items; a letter whose From is not the mailbox's own gives ErrorSendAsDenied.
"""

import base64
import binascii
from email import message_from_bytes
from email.policy import default as default_policy
from email.utils import getaddresses
from xml.etree.ElementTree import Element

from tests.ews import change, meetings, search
from tests.ews.call import Call, elements_in
from tests.ews.folders import folder_name
from tests.ews.mailbox import Item, Letter, Occurrence
from tests.ews.render import bare, render, shape_of
from tests.ews.soap import EwsError, child, local, make, text_of

ONLY_BY_GET = frozenset({"OriginalStart"})
"""What Exchange works out for GetItem only: a search leaves it out."""


def create(call: Call) -> list[Element]:
    return call.each(elements_in(call.request, "Items"), lambda element: _create(call, element))


def _create(call: Call, element: Element) -> list[Element]:
    kind = local(element)
    if kind == "CalendarItem":
        return [make("m:Items", bare(_create_appointment(call, element)))]
    if kind == "Message":
        item = _create_message(call, element)
        return [make("m:Items", *([] if item is None else [bare(item)]))]
    if kind == "CancelCalendarItem":
        return [make("m:Items", bare(_cancel(call, element)))]
    raise EwsError("ErrorInvalidItemForOperationCreateItem", f"{kind} is not served here.")


def _folder(call: Call, otherwise: str) -> str:
    inside = elements_in(call.request, "SavedItemFolderId")
    return folder_name(call.box, inside[0]) if inside else otherwise


def _create_appointment(call: Call, element: Element) -> Item:
    how = call.request.get("SendMeetingInvitations")
    if how is None:
        raise EwsError("ErrorSendMeetingInvitationsRequired")
    if _folder(call, "calendar") != "calendar":
        raise EwsError("ErrorCannotCreateCalendarItemInNonCalendarFolder")
    call.check_room()
    item = change.new_appointment(call.world, call.box, element, call.envelope.zone)
    call.box.items.append(item)
    meetings.announce(call.world, call.box, item, how)
    return item


def _create_message(call: Call, element: Element) -> Item | None:
    """The saved message, or None where it was only sent."""
    how = call.request.get("MessageDisposition")
    if how is None:
        raise EwsError("ErrorMessageDispositionRequired")
    item = call.world.new_item(call.box, "Message", "drafts")
    item.fields, item.extended = change.read_properties(element)
    if how != "SendOnly":
        call.check_room()
    if how == "SaveOnly":
        item.folder = _folder(call, "drafts")
        call.box.items.append(item)
        return item
    _send(call, item, kept=how == "SendAndSaveCopy")
    if how == "SendAndSaveCopy":
        item.folder = _folder(call, "sentitems")
        call.box.items.append(item)
    return None  # the reference: no id comes back for what was sent


def _send(call: Call, item: Item, *, kept: bool) -> None:
    mime = _mime(item)
    parsed = message_from_bytes(mime, policy=default_policy)
    headers = [str(value) for name in ("To", "Cc", "Bcc") for value in parsed.get_all(name, [])]
    recipients = [address.lower() for _, address in getaddresses(headers) if address]
    for name in ("ToRecipients", "CcRecipients", "BccRecipients"):
        recipients += [(text_of(box, "t:EmailAddress") or "").lower() for box in item.fields.get(name, ())]
    if not recipients:
        raise EwsError("ErrorInvalidRecipients", "At least one recipient is needed.")
    sender = getaddresses([str(parsed["From"])])[0][1].lower() if parsed["From"] else call.box.address
    if sender != call.box.address:
        raise EwsError("ErrorSendAsDenied", f"{call.box.address} may not send as {sender}.")
    subject = item.subject or str(parsed["Subject"] or "")
    letter = Letter(sender, tuple(dict.fromkeys(recipients)), mime, subject, kept)
    call.world.sent.append(letter)
    for address in letter.recipients:
        box = call.world.receiver(address)
        if box is not None:
            box.letters.append(letter)


def _mime(item: Item) -> bytes:
    try:
        return base64.b64decode(item.text("MimeContent"), validate=False)
    except binascii.Error as error:
        raise EwsError("ErrorMimeContentInvalidBase64String") from error


def _cancel(call: Call, element: Element) -> Item:
    reference = child(element, "t:ReferenceItemId")
    if reference is None:
        raise EwsError("ErrorMissingInformationReferenceItemId")
    item, day = call.resolve(reference)
    if item.is_copy:
        raise EwsError("ErrorCalendarIsNotOrganizer")
    if not item.attendees:
        raise EwsError("ErrorInvalidItemForOperationCancelItem")
    how = "SendOnlyToAll" if call.request.get("MessageDisposition") == "SendOnly" else "SendToAllAndSaveCopy"
    if day is not None:
        change.delete_day(call.world, day)
    meetings.call_off(call.world, call.box, item, day, how, text_of(element, "t:NewBodyContent") or "")
    if day is None:
        item.cancelled, item.folder = True, "deleteditems"
        item.touch(call.world.now())
    return item


def get(call: Call) -> list[Element]:
    shape = shape_of(child(call.request, "m:ItemShape"))

    def work(element: Element) -> list[Element]:
        return [make("m:Items", render(*call.resolve(element), shape))]

    return call.each(elements_in(call.request, "ItemIds"), work)


def find(call: Call) -> list[Element]:
    everything, names, paths = shape_of(child(call.request, "m:ItemShape"))
    shape = everything, names - ONLY_BY_GET, paths

    def work(element: Element) -> list[Element]:
        page = search.find(call.box, folder_name(call.box, element), call.request)
        found = make("t:Items", *(render(item, day, shape) for item, day in page.items))
        is_last = page.next_offset is None
        root = make("m:RootFolder", found, TotalItemsInView=page.total, IncludesLastItemInRange=is_last)
        if child(call.request, "m:CalendarView") is None:
            root.set("IndexedPagingOffset", str(page.total if page.next_offset is None else page.next_offset))
        return [root]

    return call.each(elements_in(call.request, "ParentFolderIds"), work)


def update(call: Call) -> list[Element]:
    def work(element: Element) -> list[Element]:
        item, day = _update(call, element)
        return [make("m:Items", bare(item, day)), make("m:ConflictResults", make("t:Count", text=0))]

    return call.each(elements_in(call.request, "ItemChanges"), work)


def _update(call: Call, element: Element) -> tuple[Item, Occurrence | None]:
    id_element, updates = element[0], child(element, "t:Updates")
    assert updates is not None
    item, day = call.resolve(id_element)
    how = call.request.get("SendMeetingInvitationsOrCancellations")
    if item.kind == "CalendarItem" and how is None:
        raise EwsError("ErrorSendMeetingInvitationsOrCancellationsRequired")
    _check_change_key(call, id_element, item)
    call.check_room()
    if day is not None and item.recurrence is not None:
        changed = change.apply_to_day(call.world, day, updates)
        now = item.occurrence(day.original)
        meetings.announce_day(call.world, call.box, now, how or meetings.SILENT, changed)
        return item, now
    changed = change.apply(call.world, item, updates)
    if item.kind == "CalendarItem":
        meetings.announce(call.world, call.box, item, how or meetings.SILENT, changed)
    return item, None


def _check_change_key(call: Call, id_element: Element, item: Item) -> None:
    """AutoResolve lets an old key pass here: two different properties do not conflict, and one wins over itself."""
    key = id_element.get("ChangeKey")
    if key is None and call.request.get("ConflictResolution") != "AlwaysOverwrite":
        raise EwsError("ErrorChangeKeyRequiredForWriteOperations")
    if call.request.get("ConflictResolution") == "NeverOverwrite" and key != item.change_key:
        raise EwsError("ErrorIrresolvableConflict", "The send or update operation could not be performed.")


def delete(call: Call) -> list[Element]:
    def work(element: Element) -> list[Element]:
        _delete(call, element)
        return []

    return call.each(elements_in(call.request, "ItemIds"), work)


def _delete(call: Call, element: Element) -> None:
    item, day = call.resolve(element)
    how = call.request.get("SendMeetingCancellations")
    if item.kind == "CalendarItem" and how is None:
        raise EwsError("ErrorSendMeetingCancellationsRequired")
    if day is not None and item.recurrence is not None:
        change.delete_day(call.world, day)
        meetings.call_off(call.world, call.box, item, day, how or meetings.SILENT)
        return
    if item.kind == "CalendarItem":
        meetings.call_off(call.world, call.box, item, None, how or meetings.SILENT)
    if call.request.get("DeleteType") == "MoveToDeletedItems" and item.folder != "deleteditems":
        item.folder = "deleteditems"
        item.touch(call.world.now())
    else:
        call.box.items.remove(item)


def send(call: Call) -> list[Element]:
    keeps = call.request.get("SaveItemToFolder") == "true"

    def work(element: Element) -> list[Element]:
        item, _ = call.resolve(element)
        key = element.get("ChangeKey")
        if item.kind != "Message":
            raise EwsError("ErrorInvalidItemForOperationSendItem")
        if key is None:
            raise EwsError("ErrorChangeKeyRequired")
        if key != item.change_key:
            raise EwsError("ErrorStaleObject")
        _send(call, item, kept=keeps)
        if keeps:
            item.folder = _folder(call, "sentitems")
            item.touch(call.world.now())
        else:
            call.box.items.remove(item)
        return []

    return call.each(elements_in(call.request, "ItemIds"), work)
