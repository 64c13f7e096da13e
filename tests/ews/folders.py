"""Folders: every mailbox has the same eight, known by their distinguished names."""

from xml.etree.ElementTree import Element

from tests.ews.mailbox import Mailbox, make_id, read_id
from tests.ews.render import FOLDER_NUMBERS, Shape
from tests.ews.soap import EwsError, local, make, text_of

FOLDERS = {
    # name: parent, what Outlook shows, class
    "root": (None, "Root", ""),
    "msgfolderroot": ("root", "Top of Information Store", "IPF.Note"),
    "calendar": ("msgfolderroot", "Kalender", "IPF.Appointment"),
    "inbox": ("msgfolderroot", "Indbakke", "IPF.Note"),
    "drafts": ("msgfolderroot", "Kladder", "IPF.Note"),
    "sentitems": ("msgfolderroot", "Sendt post", "IPF.Note"),
    "deleteditems": ("msgfolderroot", "Slettet post", "IPF.Note"),
    "outbox": ("msgfolderroot", "Udbakke", "IPF.Note"),
}
NAMES = {number: name for name, number in FOLDER_NUMBERS.items()}


def folder_name(box: Mailbox, element: Element) -> str:
    """Which folder a FolderId or DistinguishedFolderId means. Raises EwsError where it is not one of this mailbox."""
    if local(element) == "DistinguishedFolderId":
        owner = text_of(element, "t:Mailbox", "t:EmailAddress")
        if owner is not None and owner.lower() != box.address:
            raise EwsError("ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        name = element.get("Id", "")
    else:
        folder = read_id(element.get("Id", ""))
        if folder.kind != "folder":
            raise EwsError("ErrorCannotUseItemIdForFolderId")
        if folder.owner != box.address:
            raise EwsError("ErrorAccessDenied", "Access is denied. Check credentials and try again.")
        name = NAMES.get(folder.number, "")
    if name not in FOLDERS:
        raise EwsError("ErrorFolderNotFound", "The specified folder could not be found in the store.")
    return name


def folder_id(name: str, box: Mailbox, folder: str) -> Element:
    return make(name, Id=make_id("folder", box.address, FOLDER_NUMBERS[folder]), ChangeKey="AQAAAA==")


def render_folder(box: Mailbox, name: str, shape: Shape) -> Element:
    everything, wanted, _ = shape
    parent, shown, kind = FOLDERS[name]
    parts = [
        folder_id("t:FolderId", box, name),
        folder_id("t:ParentFolderId", box, parent) if parent else None,
        make("t:FolderClass", text=kind) if kind else None,
        make("t:DisplayName", text=shown),
        make("t:TotalCount", text=len(box.inside(name))),
        make("t:ChildFolderCount", text=len(children(name))),
        make("t:DistinguishedFolderId", text=name),
        None if name == "calendar" else make("t:UnreadCount", text=0),
    ]
    kept = [each for each in parts if each is not None and (everything or local(each) in {"FolderId", *wanted})]
    return make("t:CalendarFolder" if name == "calendar" else "t:Folder", *kept)


def children(name: str, *, deep: bool = False) -> list[str]:
    found = [each for each, (parent, _, _) in FOLDERS.items() if parent == name]
    return found + [below for each in found for below in children(each, deep=True)] if deep else found
