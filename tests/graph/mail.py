"""Mail: sending as JSON and as MIME, folders, and messages.

From the reference: MIME comes as base64 with Content-Type text/plain; 202 says that the letter is accepted, nothing more;
it is kept in Sent Items unless told otherwise (in MIME form always); in JSON only headers that begin with x- may be given, at
most five. That MIME letters lose Auto-Submitted was seen (redaxo/core#6590).
"""

import base64
import binascii
import email
import email.policy
import uuid
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from typing import Any

from tests.ews.mailbox import Letter
from tests.graph import words
from tests.graph.call import Call, Reply
from tests.graph.errors import GraphError, bad, gone
from tests.graph.mailbox import Message
from tests.graph.pages import page
from tests.graph.query import Exact, ordered, read_filter, selected
from tests.graph.render import expansions, options, properties, read_properties, select
from tests.graph.zones import stamp

FOLDERS = {
    "inbox": "Inbox", "sentitems": "Sent Items", "drafts": "Drafts", "deleteditems": "Deleted Items",
    "junkemail": "Junk Email", "outbox": "Outbox", "archive": "Archive",
}  # fmt: skip
NAMES = (("toRecipients", "to"), ("ccRecipients", "cc"), ("bccRecipients", "bcc"))
MOST_HEADERS = 5


# Sending


def send_mail(call: Call) -> Reply:
    kind = call.headers.get("content-type", "").lower().partition(";")[0].strip()
    if kind == "text/plain":
        parsed, mime = _read_mime(call.body)
        _post(call, parsed, mime, keep=True)
    else:
        said = call.schema.read_action("sendMail", call.json())
        if not said.get("Message"):
            raise bad("ErrorInvalidParameter", "The Message parameter is required.")
        parsed = _from_json(call, said["Message"])
        keep = said.get("SaveToSentItems")
        _post(call, parsed, parsed.as_bytes(), keep=True if keep is None else keep)
    return Reply(202)


def _read_mime(body: bytes) -> tuple[EmailMessage, bytes]:
    try:
        mime = base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        raise bad("ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.") from None
    parsed = email.message_from_bytes(mime, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    if not mime.strip() or not parsed.keys():
        raise bad("ErrorMimeContentInvalid", "The MIME content is invalid.")
    return parsed, mime


def _from_json(call: Call, value: dict[str, Any]) -> EmailMessage:
    letter = EmailMessage()
    headers = value.get("internetMessageHeaders") or []
    if len(headers) > MOST_HEADERS:
        raise bad(
            "InvalidInternetMessageHeaderCollection",
            "Maximum number of headers in one message should be less than or equal to 5.",
        )
    for each in headers:
        if not str(each.get("name", "")).lower().startswith("x-"):
            text = f"The internet message header name '{each.get('name')}' should start with 'x-' or 'X-'."
            raise bad("InvalidInternetMessageHeader", text)
        letter[each["name"]] = each.get("value") or ""
    sender = (value.get("from") or value.get("sender") or {}).get("emailAddress", {})
    letter["From"] = sender.get("address") or call.mailbox.address
    letter["Subject"] = value.get("subject") or ""
    for name, header in NAMES:
        found = [(each.get("emailAddress") or {}).get("address", "") for each in value.get(name) or ()]
        if found:
            letter[header.title()] = ", ".join(found)
    letter["Date"] = call.now
    letter["Message-ID"] = _message_id()
    body = value.get("body") or {}
    subtype = "html" if body.get("contentType") == "html" else "plain"
    letter.set_content(body.get("content") or "", subtype=subtype)
    for each in value.get("attachments") or ():
        data = base64.b64decode(each.get("contentBytes") or "")
        main, _, sub = str(each.get("contentType") or "application/octet-stream").partition("/")
        letter.add_attachment(data, maintype=main, subtype=sub.partition(";")[0], filename=each.get("name"))
    return letter


def _message_id() -> str:
    return f"<{uuid.uuid4().hex.upper()}@EURP190MB0001.EURP190.PROD.OUTLOOK.COM>"


def _post(call: Call, letter: EmailMessage, mime: bytes, *, keep: bool) -> None:
    """Let a letter out, and into the mailboxes here. Raises GraphError where nobody should get it, or not from here."""
    call.check_room()
    sender = parseaddr(str(letter.get("From", "")))[1].lower() or call.mailbox.address
    if sender != call.mailbox.address:
        text = "The user account which was used to submit this request does not have the right to send mail on behalf of the specified sending account."
        raise GraphError(403, "ErrorSendAsDenied", text)
    headers = [str(each) for name in ("to", "cc", "bcc") for each in letter.get_all(name, [])]
    recipients = tuple(dict.fromkeys(address.lower() for _, address in getaddresses(headers) if address))
    if not recipients or any("@" not in address for address in recipients):
        raise bad("ErrorInvalidRecipients", "At least one recipient isn't valid.")
    call.world.limits.count(call.mailbox.address, len(recipients), call.now)
    mime = delivered(call, mime)
    sent = Letter(call.mailbox.address, recipients, mime, str(letter.get("Subject", "")), keep)
    call.world.sent.append(sent)
    if keep:
        _put(call, "sentitems", sent, call.mailbox.address)
    for address in recipients:
        box = call.world.receiver(address)
        if box is not None:
            box.letters.append(sent)
            _put(call, "inbox", sent, address)


def delivered(call: Call, mime: bytes) -> bytes:
    """The letter as it arrives: without what the service takes out, with what it writes itself."""
    gone, world = set(call.world.strips) | {"bcc"}, call.world
    if world.replaces_message_id:
        gone.add("message-id")
    head, end, body = mime.replace(b"\r\n", b"\n").partition(b"\n\n")
    lines: list[bytes] = []
    for line in head.split(b"\n"):
        if line[:1] in (b" ", b"\t") and lines:
            lines[-1] += b"\n" + line
        else:
            lines.append(line)
    kept = [line for line in lines if line.partition(b":")[0].strip().lower().decode("latin-1") not in gone]
    if world.replaces_message_id or not any(line.lower().startswith(b"message-id:") for line in kept):
        kept.append(f"Message-ID: {_message_id()}".encode())
    return (b"\n".join(kept) + end + body).replace(b"\n", b"\r\n")


def _put(call: Call, folder: str, sent: Letter, address: str) -> Message:
    box = call.world.mailboxes[address]
    message = call.world.new_message(box, folder, fields_of(sent.mime, sent.subject))
    parsed = email.message_from_bytes(sent.mime, policy=email.policy.default)
    message.headers = [(name, str(value)) for name, value in parsed.items()]
    message.mime = sent.mime
    box.messages.append(message)
    return message


def fields_of(mime: bytes, subject: str = "") -> dict[str, Any]:
    """A message's properties from its MIME form."""
    letter = email.message_from_bytes(mime, policy=email.policy.default)
    assert isinstance(letter, EmailMessage)
    best = letter.get_body(("html", "plain"))
    content = "" if best is None else str(best.get_content())
    kind = "html" if best is not None and best.get_content_subtype() == "html" else "text"
    sender = _people(letter, "from")
    return {
        "subject": str(letter.get("subject", subject)),
        "body": {"contentType": kind, "content": content},
        "from": sender[0] if sender else None,
        "sender": sender[0] if sender else None,
        "internetMessageId": str(letter.get("message-id", "")),
        **{name: _people(letter, header) for name, header in NAMES},
        "replyTo": _people(letter, "reply-to"),
        "isRead": False,
        "isDraft": False,
        "sentDateTime": _sent(letter),
    }


def _sent(letter: EmailMessage) -> str | None:
    date = letter.get("date")
    return None if date is None else stamp(parsedate_to_datetime(str(date)).astimezone(UTC))


def _people(letter: EmailMessage, header: str) -> list[dict[str, Any]]:
    found = getaddresses([str(each) for each in letter.get_all(header, [])])
    return [{"emailAddress": {"name": name or address, "address": address}} for name, address in found if address]


# Reading


def _whole(call: Call, message: Message) -> dict[str, Any]:
    at = stamp(message.created)
    usual: dict[str, Any] = {
        "@odata.etag": f'W/"{message.change_key}"',
        "id": call.show_id("message", message.number),
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


def _shown(call: Call, message: Message) -> dict[str, Any]:
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
    if call.query.get("$filter"):
        test = read_filter(call.query["$filter"])
        found = [one for one in found if test(one)]
    shown, more = page(call, found, usual=10, most=1000)
    names = select(call, "mailFolder") if "mailFolder" in call.schema.types else None
    values = [selected(one, names) for one in shown]
    return Reply(200, {"value": values} | ({"@odata.nextLink": more} if more else {}))


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
    shown, more = page(call, found, usual=10, most=1000)
    answer: dict[str, Any] = {"@odata.context": f"{call.root}/$metadata#users('{call.mailbox.user}')/messages"}
    if call.query.get("$count", "").lower() == "true":
        answer["@odata.count"] = len(found)
    answer["value"] = [_shown(call, message) for message in shown]
    return Reply(200, answer | ({"@odata.nextLink": more} if more else {}), call.applied())


def _filterable(call: Call, message: Message) -> dict[str, Any]:
    own = [{"id": Exact(key), "value": value} for key, value in message.extended.items()]
    return _whole(call, message) | {"singleValueExtendedProperties": own}


def get_message(call: Call) -> Reply:
    return Reply(200, _shown(call, call.message(call.path[1])), call.applied())


def get_mime(call: Call) -> Reply:
    return Reply(200, call.message(call.path[1]).mime, {"Content-Type": "text/plain"})


def update_message(call: Call) -> Reply:
    message = call.message(call.path[1])
    value = call.schema.read("message", call.json())
    message.extended |= read_properties(value.pop("singleValueExtendedProperties", None))
    message.fields |= {name: value[name] for name in ("isRead", "categories", "importance") if name in value}
    message.change += 1
    return Reply(200, _shown(call, message), call.applied())


def move_message(call: Call) -> Reply:
    """Into another folder: a message that is asked for by its old id is not there any more, unless ids are immutable."""
    message = call.message(call.path[1])
    key = _folder_key(call, str(call.json().get("destinationId") or ""))
    message.folder = key
    if not call.immutable:
        message.number = call.world.number()
    return Reply(201, _shown(call, message), call.applied())


def delete_message(call: Call) -> Reply:
    """Into Deleted Items, and from there away."""
    message = call.message(call.path[1])
    if message.folder == "deleteditems":
        call.mailbox.messages.remove(message)
    message.folder = "deleteditems"
    return Reply(204)


def put_letter(call_world: Any, address: str, mime: bytes, at: datetime, folder: str = "inbox") -> Message:
    """A letter from outside arrives."""
    box = call_world.mailboxes[address.lower()]
    message = Message(box.address, call_world.number(), folder, at, fields_of(mime), mime=mime)
    parsed = email.message_from_bytes(mime, policy=email.policy.default)
    message.headers = [(name, str(value)) for name, value in parsed.items()]
    box.messages.append(message)
    return message
