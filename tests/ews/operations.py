"""Which operation is which function, and the small ones: ids, names, zones, folders."""

from collections.abc import Callable
from xml.etree.ElementTree import Element

from tests.ews import items
from tests.ews.availability import availability
from tests.ews.call import Call, elements_in
from tests.ews.folders import children, folder_name, render_folder
from tests.ews.mailbox import read_id
from tests.ews.render import mailbox_element, shape_of
from tests.ews.soap import EwsError, child, local, make, message, response, text_of
from tests.ews.zones import ZONES, definition


def convert_id(call: Call) -> list[Element]:
    """Ids stay what they are here; a malformed one is what exchangelib asks with, to learn the version."""

    def work(element: Element) -> list[Element]:
        read_id(element.get("Id", ""))
        wanted = call.request.get("DestinationFormat", "EwsId")
        known = {"Id": element.get("Id", ""), "Mailbox": element.get("Mailbox", "")}
        answer = make("m:AlternateId", Format=wanted, **known)
        answer.set("{http://www.w3.org/2001/XMLSchema-instance}type", "t:AlternateIdType")
        return [answer]

    return call.each(elements_in(call.request, "SourceIds"), work)


def get_server_time_zones(call: Call) -> list[Element]:
    """A zone this server does not know is left out [U]."""
    full = call.request.get("ReturnFullTimeZoneData", "true") == "true"
    ids = child(call.request, "m:Ids")
    wanted = list(ZONES) if ids is None else [each.text or "" for each in ids]
    year = call.world.now().year
    known = [definition(name, year, full=full) for name in wanted if name in ZONES]
    return [message("GetServerTimeZones", make("m:TimeZoneDefinitions", *known))]


def resolve_names(call: Call) -> list[Element]:
    """The mailboxes whose address or name begins with the entry; a mailbox in the cloud is known here as well."""
    entry = (text_of(call.request, "m:UnresolvedEntry") or "").lower().removeprefix("smtp:")
    boxes = [
        box
        for box in call.world.mailboxes.values()
        if box.state != "disabled" and (box.address.startswith(entry) or box.name.lower().startswith(entry))
    ]
    if not boxes:
        error = EwsError("ErrorNameResolutionNoResults", "No results were found.")
        return [message("ResolveNames", error=error)]
    found = make(
        "m:ResolutionSet",
        *(make("t:Resolution", mailbox_element("t:Mailbox", box.address)) for box in boxes[:100]),
        TotalItemsInView=len(boxes),
        IncludesLastItemInRange=len(boxes) <= 100,
    )
    if len(boxes) == 1:
        return [message("ResolveNames", found)]
    error = EwsError("ErrorNameResolutionMultipleResults", "Multiple results were found.")
    return [message("ResolveNames", found, error=error, level="Warning")]


def get_folder(call: Call) -> list[Element]:
    shape = shape_of(child(call.request, "m:FolderShape"))

    def work(element: Element) -> list[Element]:
        return [make("m:Folders", render_folder(call.box, folder_name(call.box, element), shape))]

    return call.each(elements_in(call.request, "FolderIds"), work)


def find_folder(call: Call) -> list[Element]:
    if child(call.request, "m:Restriction") is not None:
        raise EwsError("ErrorInvalidOperation", "A restriction on folders is not served here.", fault=True)
    shape = shape_of(child(call.request, "m:FolderShape"))
    deep = call.request.get("Traversal") == "Deep"
    view = child(call.request, "m:IndexedPageFolderView")
    offset = 0 if view is None else int(view.get("Offset", "0"))
    most = 1000 if view is None else int(view.get("MaxEntriesReturned", "1000"))

    def work(element: Element) -> list[Element]:
        names = children(folder_name(call.box, element), deep=deep)
        shown = names[offset : offset + most]
        after = offset + len(shown)
        folders = make("t:Folders", *(render_folder(call.box, name, shape) for name in shown))
        paging = {
            "IndexedPagingOffset": after,
            "TotalItemsInView": len(names),
            "IncludesLastItemInRange": after >= len(names),
        }
        return [make("m:RootFolder", folders, **paging)]

    return call.each(elements_in(call.request, "ParentFolderIds"), work)


OPERATIONS: dict[str, Callable[[Call], list[Element]]] = {
    "ConvertId": convert_id,
    "GetServerTimeZones": get_server_time_zones,
    "ResolveNames": resolve_names,
    "GetFolder": get_folder,
    "FindFolder": find_folder,
    "CreateItem": items.create,
    "GetItem": items.get,
    "FindItem": items.find,
    "UpdateItem": items.update,
    "DeleteItem": items.delete,
    "SendItem": items.send,
}


def perform(call: Call) -> Element:
    """The child of soap:Body that answers a request. Raises EwsError as a fault where there is none."""
    if call.envelope.operation == "GetUserAvailability":
        return availability(call)
    work = OPERATIONS.get(call.envelope.operation)
    if work is None:
        raise EwsError("ErrorInvalidRequest", f"{call.envelope.operation} is not served here.", fault=True)
    return response(call.envelope.operation, work(call))


def codes(answer: Element) -> list[str]:
    """The response codes of an answer, one an item."""
    return [each.text or "" for each in answer.iter() if local(each) == "ResponseCode"]
