"""Mail that is there: folders and messages, as they are listed, read, marked, moved and deleted."""

from typing import Any

from tests.graph import words
from tests.graph.call import Call, Reply
from tests.graph.errors import GraphError, gone
from tests.graph.mailbox import Message
from tests.graph.pages import listed, page
from tests.graph.query import Exact, ordered, read_filter, selected
from tests.graph.render import expansions, options, properties, read_properties, select
from tests.graph.zones import stamp

FOLDERS = {
    "inbox": "Inbox", "sentitems": "Sent Items", "drafts": "Drafts", "deleteditems": "Deleted Items",
    "junkemail": "Junk Email", "outbox": "Outbox", "archive": "Archive",
}  # fmt: skip


def message_id(call: Call, message: Message) -> str:
    """An ordinary id is over when the message is moved; an immutable one stays."""
    return call.show_id("message", message.number if call.immutable else f"{message.number}.{message.place}")


def _whole(call: Call, message: Message) -> dict[str, Any]:
    at = stamp(message.created)
    usual: dict[str, Any] = {
        "@odata.etag": f'W/"{message.change_key}"',
        "id": message_id(call, message),
        "createdDateTime": at,
        "lastModifiedDateTime": at,
        "changeKey": message.change_key,
        "categories": [],
        "receivedDateTime": at,
        "sentDateTime": at,
        "hasAttachments": False,
        "importance": "normal",
        "parentFolderId": call.show_id("folder", message.folder),
        "conversationId": f"AAQk{message.number:08d}=",
        "isDeliveryReceiptRequested": False,
        "isReadReceiptRequested": False,
        "inferenceClassification": "focused",
        "webLink": f"https://outlook.office365.com/owa/?ItemID={message.number}",
        "internetMessageHeaders": [{"name": name, "value": value} for name, value in message.headers],
    }
    own = {name: value for name, value in message.fields.items() if value is not None}
    body = message.fields.get("body")
    shown = {"body": words.shown(body, call.body_type), "bodyPreview": words.preview(body)}
    return usual | own | shown


def shown(call: Call, message: Message) -> dict[str, Any]:
    names = select(call, "message")
    value = selected(_whole(call, message), names)
    if names is None:
        del value["internetMessageHeaders"]  # only by $select
    for name, inner in expansions(call.query.get("$expand", "")).items():
        if name == "singleValueExtendedProperties":
            value[name] = properties(message.extended, options(inner))
        elif name == "attachments":
            value[name] = []
    return value


def _folder_key(call: Call, text: str) -> str:
    if text.lower() in FOLDERS:
        return text.lower()
    key = call.read_id(text, "folder").name
    if key not in FOLDERS and key not in call.mailbox.folders:
        raise gone()
    return key


def _folder(call: Call, key: str) -> dict[str, Any]:
    inside = [message for message in call.mailbox.messages if message.folder == key]
    return {
        "id": call.show_id("folder", key),
        "displayName": FOLDERS.get(key) or call.mailbox.folders[key],
        "parentFolderId": call.show_id("folder", "msgfolderroot"),
        "childFolderCount": 0,
        "unreadItemCount": sum(not message.fields.get("isRead") for message in inside),
        "totalItemCount": len(inside),
        "sizeInBytes": sum(len(message.mime) for message in inside),
        "isHidden": False,
    }


def list_folders(call: Call) -> Reply:
    found = [_folder(call, key) for key in (*FOLDERS, *call.mailbox.folders)]
    return Reply(200, listed(call, "mailFolders", "mailFolder", found))


def create_folder(call: Call) -> Reply:
    name = str(call.json().get("displayName") or "")
    if name in (*FOLDERS.values(), *call.mailbox.folders.values()):
        raise GraphError(409, "ErrorFolderExists", "A folder with the specified name already exists.")
    key = f"folder{call.world.number()}"
    call.mailbox.folders[key] = name
    return Reply(201, _folder(call, key))


def get_folder(call: Call) -> Reply:
    return Reply(200, _folder(call, _folder_key(call, call.path[1])))


def list_messages(call: Call) -> Reply:
    found = list(reversed(call.mailbox.messages))  # the newest first
    if call.path[0] == "mailfolders":
        key = _folder_key(call, call.path[1])
        found = [message for message in found if message.folder == key]
    if call.query.get("$filter"):
        test = read_filter(call.query["$filter"])
        found = [message for message in found if test(_filterable(call, message))]
    if call.query.get("$orderby"):
        found = ordered(found, call.query["$orderby"], lambda one: _whole(call, one))
    here, more = page(call, found, usual=10, most=1000)
    answer: dict[str, Any] = {"@odata.context": f"{call.root}/$metadata#users('{call.mailbox.user}')/messages"}
    if call.query.get("$count", "").lower() == "true":
        answer["@odata.count"] = len(found)
    answer["value"] = [shown(call, message) for message in here]
    return Reply(200, answer | ({"@odata.nextLink": more} if more else {}), call.applied())


def _filterable(call: Call, message: Message) -> dict[str, Any]:
    own = [{"id": Exact(key), "value": value} for key, value in message.extended.items()]
    return _whole(call, message) | {"singleValueExtendedProperties": own}


def get_message(call: Call) -> Reply:
    return Reply(200, shown(call, call.message(call.path[1])), call.applied())


def get_mime(call: Call) -> Reply:
    return Reply(200, call.message(call.path[1]).mime, {"Content-Type": "text/plain"})


def update_message(call: Call) -> Reply:
    message = call.message(call.path[1])
    value = call.schema.read("message", call.json())
    message.extended |= read_properties(value.pop("singleValueExtendedProperties", None))
    message.fields |= {name: value[name] for name in ("isRead", "categories", "importance") if name in value}
    message.change += 1
    return Reply(200, shown(call, message), call.applied())


def move_message(call: Call) -> Reply:
    """Into another folder: a message that is asked for by its old id is not there any more, unless ids are immutable."""
    message = call.message(call.path[1])
    key = _folder_key(call, str(call.json().get("destinationId") or ""))
    message.folder, message.place = key, message.place + 1
    return Reply(201, shown(call, message), call.applied())


def delete_message(call: Call) -> Reply:
    """Into Deleted Items, and from there away."""
    message = call.message(call.path[1])
    if message.folder == "deleteditems":
        call.mailbox.messages.remove(message)
    message.folder, message.place = "deleteditems", message.place + 1
    return Reply(204)


def purge(call: Call) -> Reply:
    """permanentDelete: nothing is left that a mail program shows."""
    call.mailbox.messages.remove(call.message(call.path[1]))
    return Reply(204)
