"""Links that carry their own right: signed, for one purpose, expiring. And the feed's revocable token.

Nothing in a link tells who it is for: a person is named by an opaque reference made with the store's secret.
"""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from itsdangerous import BadSignature, URLSafeSerializer

Purpose = Literal["page", "relay", "stop", "form"]

LIFETIME: Mapping[Purpose, timedelta] = {
    "page": timedelta(days=60),  # renewed by every weekly letter
    "relay": timedelta(days=60),  # a turn is announced four weeks ahead and its learning asked for two weeks after
    "stop": timedelta(days=400),  # a letter found a year later must still be stoppable
    "form": timedelta(hours=12),
}


class Expired(Exception):
    """The link was right once; `reference` is whom it was for."""

    def __init__(self, reference: str) -> None:
        super().__init__(reference)
        self.reference = reference


@dataclass(frozen=True, slots=True)
class Links:
    """Makes and reads links. `public_url` has no slash at its end; empty when there is no web address."""

    secret: bytes
    public_url: str

    def reference(self, person_id: str) -> str:
        """The opaque name of a person in links: 80 bits, the same for as long as the secret lives."""
        return self._digest(f"person/{person_id}")[:16]

    def feed_token(self, person_id: str, issue: int) -> str:
        """The secret in a person's feed address, 160 bits. A higher `issue` revokes the one before."""
        return self._digest(f"feed/{issue}/{person_id}")[:32]

    def token(self, purpose: Purpose, person_id: str, now: datetime) -> str:
        """A signed token for one purpose. Links made in one week are the same, so letters can be compared."""
        week = now.date() - timedelta(days=now.weekday())
        issued = now if purpose == "form" else datetime(week.year, week.month, week.day, tzinfo=now.tzinfo)
        return self._signer(purpose).dumps([self.reference(person_id), int(issued.timestamp())])

    def read(self, purpose: Purpose, token: str, now: datetime) -> str:
        """The reference of the person a token is for.

        Raises BadSignature when it is not ours or for another purpose, Expired when its time is over.
        """
        reference, issued = self._signer(purpose).loads(token)
        if now.timestamp() - issued > LIFETIME[purpose].total_seconds():
            raise Expired(reference)
        return str(reference)

    def url(self, path: str) -> str:
        """An absolute address, or an empty string when the service has no web address."""
        return f"{self.public_url}/{path}" if self.public_url else ""

    def _signer(self, purpose: Purpose) -> URLSafeSerializer:
        return URLSafeSerializer(
            self.secret, salt=f"aikultur/{purpose}", signer_kwargs={"digest_method": hashlib.sha256}
        )

    def _digest(self, text: str) -> str:
        return b32encode(hmac.digest(self.secret, text.encode(), "sha256")).decode().lower().rstrip("=")


__all__ = ["BadSignature", "Expired", "Links", "Purpose"]
