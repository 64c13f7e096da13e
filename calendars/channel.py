"""What a channel gives back: a part for a letter, or an error of a calendar server that says whom it is about."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from calendars.difference import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitePart:
    """A calendar part for one recipient's letter (RFC 6047)."""

    recipient: str
    method: Method
    ics: bytes


class ChannelError(Exception):
    """A calendar server did not do what it was asked, or we cannot know. `message` is a sentence with its words.

    `about`: "person" when only this mailbox is concerned, "server" when nobody gets through at the moment, "login" when
    the service's own account is not let in: then nothing more may be tried with this password. `cause`: a mailbox had
    been named, and it may be about either; about a "person" it is theirs until another's fails of the same cause.
    `absent`: there is no such mailbox, so nothing of ours can stand in it. `perhaps`: the request may have been carried
    out. `permanent`: a letter will not be taken as it is. `wait` is how long the server asked to be left alone.
    """

    def __init__(
        self,
        message: str,
        *,
        about: Literal["person", "server", "login"] = "person",
        absent: bool = False,
        perhaps: bool = False,
        permanent: bool = False,
        wait: timedelta | None = None,
        cause: str = "",
    ) -> None:
        super().__init__(message)
        self.message, self.about = message, about
        self.absent, self.perhaps, self.permanent, self.wait = absent, perhaps, permanent, wait
        self.cause = cause
