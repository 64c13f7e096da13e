"""Who may do what: applications, their rights in the directory and by RBAC for Applications, and the tokens they carry.

Rights of the directory (application permissions with consent) are tenant-wide and stand in the token as `roles`. Those
of Exchange's RBAC for Applications stand in no token, are looked up for each mailbox, and add to the others.
"""

import base64
import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509

from tests.graph.errors import GraphError

LASTS = timedelta(seconds=3599)
NEEDS: dict[str, tuple[str, ...]] = {
    "read calendars": ("Calendars.Read", "Calendars.ReadWrite"),
    "see busy times": ("Calendars.ReadBasic", "Calendars.ReadBasic.All", "Calendars.Read", "Calendars.ReadWrite"),
    "write calendars": ("Calendars.ReadWrite",),
    "send mail": ("Mail.Send",),
    "read mail": ("Mail.Read", "Mail.ReadWrite"),
    "write mail": ("Mail.ReadWrite",),
    "read settings": ("MailboxSettings.Read", "MailboxSettings.ReadWrite"),
    "read users": ("User.Read.All", "User.ReadBasic.All", "User.ReadWrite.All", "Directory.Read.All"),
    "read groups": ("GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"),
    "read organization": ("Organization.Read.All", "Directory.Read.All", "User.Read.All"),
}
"""What a piece of work needs: any one of these (the permissions table of each operation in the reference)."""


@dataclass(slots=True)
class Application:
    """A registration. `secrets` have their ends; `roles` are the directory's rights, `scoped` those of Exchange with whose
    mailboxes they reach (None: all of the organisation's). `consent` withdrawn, `enabled` off: no token any more."""

    client: str
    secrets: dict[str, datetime | None] = field(default_factory=dict)
    certificates: list[x509.Certificate] = field(default_factory=list)
    roles: set[str] = field(default_factory=set)
    scoped: dict[str, frozenset[str] | None] = field(default_factory=dict)
    enabled: bool = True
    consent: bool = True
    blocked: bool = False  # by a Conditional Access policy for workload identities

    def allow(self, role: str, *addresses: str) -> None:
        """Assign a role of RBAC for Applications on these mailboxes, or on all where none is named."""
        self.scoped[role] = frozenset(one.lower() for one in addresses) or None

    def forbid(self, role: str) -> None:
        """Take a right away, wherever it came from."""
        self.scoped.pop(role, None)
        self.roles.discard(role)


@dataclass(frozen=True, slots=True)
class Rights:
    """Of one request: its token's roles, and the application behind it."""

    application: Application
    roles: frozenset[str]

    def check_mailbox(self, work: str, address: str) -> None:
        """Raises GraphError 403 ErrorAccessDenied."""
        for role in NEEDS[work]:
            if role in self.roles:
                return
            reach = self.application.scoped.get(role, frozenset())
            if reach is None or address in reach:
                return
        raise GraphError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")

    def check_directory(self, work: str) -> None:
        if not self.has(work):
            text = "Insufficient privileges to complete the operation."
            raise GraphError(403, "Authorization_RequestDenied", text)

    def has(self, work: str) -> bool:
        return not self.roles.isdisjoint(NEEDS[work])


class Tokens:
    """JWTs that this server signs and reads, and nobody else can."""

    def __init__(self, tenant: str, audience: str) -> None:
        self.tenant, self.audience = tenant, audience
        self._key = uuid.uuid4().bytes
        self.not_before: datetime | None = None  # tokens from before are over

    def make(self, application: Application, now: datetime, lasts: timedelta = LASTS) -> str:
        claims: dict[str, Any] = {
            "aud": self.audience,
            "iss": f"https://sts.windows.net/{self.tenant}/",
            "iat": now.timestamp(),
            "nbf": int(now.timestamp()),
            "exp": int((now + lasts).timestamp()),
            "app_displayname": "AI-tid",
            "appid": application.client,
            "appidacr": "1",
            "idtyp": "app",
            "tid": self.tenant,
            "uti": uuid.uuid4().hex[:22],
            "ver": "1.0",
        }
        if application.roles:
            claims["roles"] = sorted(application.roles)
        head = {"typ": "JWT", "alg": "RS256", "kid": "aikultur-test"}
        signed = ".".join(_coded(json.dumps(part).encode()) for part in (head, claims))
        return f"{signed}.{_coded(self._sign(signed))}"

    def read(self, header: str, now: datetime) -> dict[str, Any]:
        """The claims of an Authorization header. Raises GraphError 401 InvalidAuthenticationToken."""
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise _unknown("Access token is empty.")
        if token.count(".") != 2:
            raise _unknown("IDX14100: JWT is not well formed, there are no dots (.).")
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(_coded(self._sign(signed)), signature):
            raise _unknown("IDX10511: Signature validation failed.")
        claims: dict[str, Any] = json.loads(decoded(signed.partition(".")[2]))
        if claims["aud"] != self.audience:
            raise _unknown("Access token validation failure. Invalid audience.")
        over = self.not_before is not None and claims["iat"] < self.not_before.timestamp()
        if over or not claims["nbf"] - 300 <= now.timestamp() < claims["exp"] + 300:
            raise _unknown("Lifetime validation failed, the token is expired.")
        return claims

    def _sign(self, text: str) -> bytes:
        return hmac.digest(self._key, text.encode(), hashlib.sha256)


def _unknown(message: str) -> GraphError:
    challenge = 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize"'
    return GraphError(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": challenge})


def _coded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
