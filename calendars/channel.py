"""What a channel gives back: a part for a letter. Channels that call a server come beside it."""

from dataclasses import dataclass

from calendars.difference import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitePart:
    """A calendar part for one recipient's letter (RFC 6047)."""

    recipient: str
    method: Method
    ics: bytes
