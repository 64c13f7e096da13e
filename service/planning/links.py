"""Links that carry their own right: signed, for one purpose, expiring. And the feed's revocable token.

Nothing in a link tells who it is for: a person is named by an opaque reference made with the store's secret.
"""

import hashlib
import hmac
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

from culture.census import bare_number
from culture.erased import Marks
from culture.names import first_name
from culture.people import Row

Purpose = str
"""What a link is for: the personal page ("page"), stopping, a form, or the page of a programme, by its path."""

PAGE_LIFETIME = timedelta(days=60)
"""Of a link to a page: every weekly letter renews it, and a turn is announced four weeks ahead and its learning asked
for two weeks after."""

LIFETIME: Mapping[Purpose, timedelta] = {
    "stop": timedelta(days=400),  # a letter found a year later must still be stoppable
    "form": timedelta(hours=12),
}

REFERENCE_LETTERS = 16
"""Of the opaque name of a person: 80 bits in base32."""

SIGNING: dict[str, Any] = {"digest_method": hashlib.sha256}


class Expired(Exception):
    """The link was right once; `reference` is whom it was for, `carried` what else it held."""

    def __init__(self, reference: str, carried: Any) -> None:
        super().__init__(reference)
        self.reference, self.carried = reference, carried


@dataclass(frozen=True, slots=True, kw_only=True)
class Issues:
    """Which of a person's links are the valid ones: 1, and one more each time they were made new."""

    links: int = 1  # all that are signed
    department: int = 1  # the address of the department's feed; that of their own has its issue beside its date


FIRST = Issues()


@dataclass(frozen=True)
class Links:
    """Makes and reads links. `public_url` has no slash at its end; empty when there is no web address. `issues` by person
    id, of those who have had theirs made new."""

    secret: bytes
    public_url: str
    issues: Mapping[str, Issues] = field(default_factory=dict)
    _made: dict[str, str] = field(default_factory=dict, repr=False, compare=False)  # each tick asks for everybody's

    def reference(self, person_id: str) -> str:
        """The opaque name of a person in links: 80 bits, the same until their links are made new or the secret is."""
        issue = self.issues.get(person_id, FIRST).links
        return self._digest(f"person/{person_id}" if issue == 1 else f"renewed/{issue}/{person_id}", 10)

    def mark(self, person_id: str) -> str:
        """What is kept of the id of somebody who is forgotten: enough to know it again, and nothing to find them by."""
        return self._digest(f"former/{person_id}", 20)

    def marks(self, row: Row) -> Marks:
        """What is kept of a row of the people file, to know it again in HR's file and nothing else: whoever has not the
        secret cannot even try names out."""
        name = " ".join(row.name.split()).casefold()
        given = first_name(row.name).casefold()
        number = bare_number(row.number) if row.number else ""
        kinds = {"account": row.account, "number": number, "address": row.email, "given": given, "name": name}
        made = {kind: self._fresh(f"former/{kind}/{value}", 20) for kind, value in kinds.items() if value}
        return Marks(**made)  # of everybody in HR's file once a day: not to be kept

    def public_id(self, key: str) -> str:
        """What everybody may see of the key of something written: always the same, and nothing to tell it by."""
        return self._digest(f"public/{key}", 10)

    def feed_token(self, person_id: str, issue: int) -> str:
        """The secret in a person's feed address, 160 bits. A higher `issue` revokes the one before."""
        return self._digest(f"feed/{issue}/{person_id}", 20)

    def department_token(self, person_id: str, key: str) -> str:
        """What a person's address of a department's feed holds, by the feed's key: their reference, and 160 bits."""
        issue = self.issues.get(person_id, FIRST).department
        return self.reference(person_id) + self._digest(f"department/{issue}/{key}/{person_id}", 20)

    def token(self, purpose: Purpose, person_id: str, now: datetime, carried: Any = None) -> str:
        """A signed token for one purpose; it may carry a value of JSON's, that its reader gets back as it was.

        Links made in one week are the same, so letters can be compared.
        """
        week = now.date() - timedelta(days=now.weekday())
        issued = now if purpose == "form" else datetime(week.year, week.month, week.day, tzinfo=now.tzinfo)
        whose, at = self.reference(person_id), int(issued.timestamp())
        return self._serializer(purpose).dumps([whose, at] if carried is None else [whose, at, carried])

    def read(self, purpose: Purpose, token: str, now: datetime) -> str:
        """The reference of the person a token is for. Raises what `unsealed` raises."""
        return self.unsealed(purpose, token, now)[0]

    def unsealed(self, purpose: Purpose, token: str, now: datetime) -> tuple[str, Any]:
        """The reference of the person a token is for, and what it carries; None: nothing.

        Raises BadSignature when it is not ours or for another purpose, Expired when its time is over.
        """
        reference, issued, *rest = self._serializer(purpose).loads(token)
        carried = rest[0] if rest else None
        if now.timestamp() - issued > LIFETIME.get(purpose, PAGE_LIFETIME).total_seconds():
            raise Expired(str(reference), carried)
        return str(reference), carried

    def url(self, path: str) -> str:
        """An absolute address, or an empty string when the service has no web address."""
        return f"{self.public_url}/{path}" if self.public_url else ""

    def _digest(self, text: str, size: int) -> str:
        """So many bytes of the text's HMAC, a multiple of five, in base32."""
        if text not in self._made:
            self._made[text] = self._fresh(text, size)
        return self._made[text]

    def _fresh(self, text: str, size: int) -> str:
        return b32encode(hmac.digest(self.secret, text.encode(), "sha256")[:size]).decode().lower()

    def _serializer(self, purpose: Purpose) -> URLSafeSerializer:
        return URLSafeSerializer(self.secret, salt=f"aikultur/{purpose}", signer_kwargs=SIGNING)


__all__ = ["BadSignature", "Expired", "Issues", "Links", "Purpose"]
