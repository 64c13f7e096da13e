"""Mail on its way out: sendMail as JSON and as MIME, and drafts that are sent later.

From the reference: MIME comes as base64 with Content-Type text/plain; 202 says that the letter is accepted, nothing more;
it is kept in Sent Items unless a JSON request says otherwise. That MIME letters lose Auto-Submitted was seen
(redaxo/core#6590).
"""

import base64
import binascii
from email.message import EmailMessage
from email.utils import getaddresses, parseaddr

from tests.ews.mailbox import Letter
from tests.graph.call import Call, Reply
from tests.graph.errors import GraphError, bad
from tests.graph.letters import fields_of, from_json, message_id, parse
from tests.graph.mailbox import Message
from tests.graph.reading import shown
from tests.graph.render import read_properties


def send_mail(call: Call) -> Reply:
    if _is_mime(call):
        parsed, mime = _read_mime(call.body)
        _post(call, parsed, mime, keep=True)
        return Reply(202)
    said = call.schema.read_action("sendMail", call.json())
    if not said.get("Message"):
        raise bad("ErrorInvalidParameter", "The Message parameter is required.")
    parsed = from_json(said["Message"], call.mailbox.address, call.now)
    keep = said.get("SaveToSentItems")
    _post(call, parsed, parsed.as_bytes(), keep=True if keep is None else keep)
    return Reply(202)


def create_draft(call: Call) -> Reply:
    call.check_room()
    if _is_mime(call):
        parsed, mime = _read_mime(call.body)
        extended: dict[str, str] = {}
    else:
        value = call.schema.read("message", call.json())
        extended = read_properties(value.pop("singleValueExtendedProperties", None))
        parsed = from_json(value, call.mailbox.address, call.now)
        mime = parsed.as_bytes()
    message = call.world.new_message(call.mailbox, "drafts", fields_of(mime) | {"isDraft": True, "isRead": True})
    message.mime, message.extended = mime, extended
    message.headers = [(name, str(each)) for name, each in parsed.items()]
    call.mailbox.messages.append(message)
    return Reply(201, shown(call, message), call.applied())


def send_draft(call: Call) -> Reply:
    """The draft becomes the copy in Sent Items; by its immutable id it can still be found."""
    draft = call.message(call.path[1])
    if draft.folder != "drafts":
        raise bad("ErrorInvalidRequest", "The message has been sent already.")
    _post(call, parse(draft.mime), draft.mime, keep=False)
    sent = call.world.sent[-1]
    draft.folder, draft.place, draft.mime = "sentitems", draft.place + 1, sent.mime
    draft.fields = fields_of(sent.mime) | {"isRead": True}
    return Reply(202)


def _is_mime(call: Call) -> bool:
    return call.headers.get("content-type", "").lower().partition(";")[0].strip() == "text/plain"


def _read_mime(body: bytes) -> tuple[EmailMessage, bytes]:
    try:
        mime = base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error:
        raise bad("ErrorMimeContentInvalidBase64String", "Invalid base64 string for MIME content.") from None
    parsed = parse(mime)
    if not parsed.keys():
        raise bad("ErrorMimeContentInvalid", "The MIME content is invalid.")
    return parsed, mime


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
        kept.append(f"Message-ID: {message_id()}".encode())
    return (b"\n".join(kept) + end + body).replace(b"\n", b"\r\n")


def _put(call: Call, folder: str, sent: Letter, address: str) -> Message:
    box = call.world.mailboxes[address]
    message = call.world.new_message(box, folder, fields_of(sent.mime, sent.subject))
    message.headers = [(name, str(value)) for name, value in parse(sent.mime).items()]
    message.mime = sent.mime
    box.messages.append(message)
    return message
