"""A message's properties from its MIME form, and MIME from the JSON that a client sends.

In JSON only headers that begin with x- may be given, at most five (the reference's message, internetMessageHeaders).
"""

import base64
import email
import email.policy
import uuid
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from tests.graph.errors import bad
from tests.graph.zones import stamp

NAMES = (("toRecipients", "to"), ("ccRecipients", "cc"), ("bccRecipients", "bcc"))
MOST_HEADERS = 5


def parse(mime: bytes) -> EmailMessage:
    letter = email.message_from_bytes(mime, policy=email.policy.default)
    assert isinstance(letter, EmailMessage)
    return letter


def message_id() -> str:
    """Of a letter that came without one, or whose own one the service does not keep."""
    return f"<{uuid.uuid4().hex.upper()}@EURP190MB0001.EURP190.PROD.OUTLOOK.COM>"


def from_json(value: dict[str, Any], sender: str, now: datetime) -> EmailMessage:
    letter = EmailMessage()
    _add_headers(letter, value.get("internetMessageHeaders") or [])
    own = (value.get("from") or value.get("sender") or {}).get("emailAddress", {})
    letter["From"] = own.get("address") or sender
    letter["Subject"] = value.get("subject") or ""
    for name, header in NAMES:
        found = [(each.get("emailAddress") or {}).get("address", "") for each in value.get(name) or ()]
        if found:
            letter[header.title()] = ", ".join(found)
    letter["Date"] = now
    letter["Message-ID"] = message_id()
    body = value.get("body") or {}
    subtype = "html" if body.get("contentType") == "html" else "plain"
    letter.set_content(body.get("content") or "", subtype=subtype)
    for each in value.get("attachments") or ():
        data = base64.b64decode(each.get("contentBytes") or "")
        main, _, sub = str(each.get("contentType") or "application/octet-stream").partition("/")
        letter.add_attachment(data, maintype=main, subtype=sub.partition(";")[0], filename=each.get("name"))
    return letter


def _add_headers(letter: EmailMessage, headers: list[dict[str, Any]]) -> None:
    if len(headers) > MOST_HEADERS:
        text = "Maximum number of headers in one message should be less than or equal to 5."
        raise bad("InvalidInternetMessageHeaderCollection", text)
    for each in headers:
        if not str(each.get("name", "")).lower().startswith("x-"):
            text = f"The internet message header name '{each.get('name')}' should start with 'x-' or 'X-'."
            raise bad("InvalidInternetMessageHeader", text)
        letter[each["name"]] = each.get("value") or ""


def fields_of(mime: bytes, subject: str = "") -> dict[str, Any]:
    """A message's properties from its MIME form."""
    letter = parse(mime)
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
