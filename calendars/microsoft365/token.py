"""Being let in: what proves who we are, and a token by msal, kept in memory by whoever asked for it.

msal is imported when a token is wanted first: it comes with an extra, and nobody without [microsoft365] needs it.
"""

import base64
import hashlib
import importlib.util
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from calendars.channel import ChannelError
from calendars.microsoft365.certificate import read_certificate
from calendars.microsoft365.errors import broken, retry_after, short
from calendars.microsoft365.refusals import Refusal, refusal
from calendars.microsoft365.settings import Microsoft365
from calendars.microsoft365.wire import Http, NoReply

logging.getLogger("msal").setLevel(logging.CRITICAL)  # it tells of whole answers; what matters we say ourselves

EXTRA = 'Microsoft 365 needs more: pip install "aikultur[microsoft365]".'

EARLY = 300
"""So many seconds before its end a token is renewed, and no later than halfway where it lives shorter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What shows that we are the application: a secret, or a certificate with its key as msal wants it. `name` is a
    fingerprint of all that a refusal is about."""

    credential: str | Mapping[str, str] = field(repr=False)
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What every request carries. `lives` in seconds from when it came; `claims` as it tells them, empty where it cannot
    be read: Microsoft promises nobody but Graph itself that it can."""

    text: str = field(repr=False)
    lives: float
    claims: Mapping[str, Any] = field(default_factory=dict)

    @property
    def good_for(self) -> float:
        """Seconds until it is to be renewed."""
        return max(self.lives - EARLY, self.lives / 2)


def proof_of(server: Microsoft365, secret: Callable[[], str] | None, certificate: Path | None) -> Proof:
    """The proof as it is now. Raises ChannelError where there is none to be had."""
    try:
        if certificate is not None:
            found = read_certificate(certificate)
            credential: str | Mapping[str, str] = {"private_key": found.private, "public_certificate": found.public}
        else:
            credential = secret() if secret else ""
    except Exception as error:  # the caller's: a file, a variable or a command, each with its own errors
        raise ChannelError(
            f"[microsoft365]: the proof of who we are could not be had: {error}", about="login"
        ) from error
    whole = repr((server.authority, server.tenant, server.client, credential))
    return Proof(credential=credential, name=hashlib.sha256(whole.encode()).hexdigest())


def ask_for_token(server: Microsoft365, proof: Proof, http: Http, now: datetime) -> Token | Refusal:
    """One request for a token. Raises ChannelError about the server where nobody answered that could be understood."""
    if not importlib.util.find_spec("msal"):
        raise ChannelError(EXTRA, about="login")
    import msal

    seen = _Seen(http)
    # Nobody is asked on the internet whether that authority is one: the administrator has written it.
    given = {"instance_discovery": False, "validate_authority": False, "azure_region": False, "http_client": seen}
    where = urlsplit(server.endpoint)
    try:
        app = msal.ConfidentialClientApplication(
            server.client,
            authority=f"{server.authority.rstrip('/')}/{server.tenant}",
            client_credential=proof.credential,
            **given,
        )
        found = app.acquire_token_for_client([f"{where.scheme}://{where.netloc}/.default"])
    except NoReply as error:
        raise ChannelError(f"{server.authority}: {broken(error.why)}.", about="server") from error
    except Exception as error:  # msal's own, of many kinds: what was seen on the wire says more
        return _judged(server, seen.answer, str(error), now)
    if isinstance(found.get("access_token"), str):
        return Token(text=found["access_token"], lives=_lives(found), claims=_claims(found["access_token"]))
    return _judged(server, seen.answer, str(found.get("error")), now)


class _Seen:
    """Our connections as msal's client, and the last answer that came by them."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self.answer: requests.Response | None = None

    def get(self, url: str, **given: Any) -> requests.Response:
        self.answer = self._http.get(url, **given)
        return self.answer

    def post(self, url: str, **given: Any) -> requests.Response:
        self.answer = self._http.post(url, **given)
        return self.answer

    def close(self) -> None:
        """The connections are not msal's to close."""


def _judged(server: Microsoft365, answer: requests.Response | None, words: str, now: datetime) -> Refusal:
    """What came instead of a token, by what was seen of it: a refusal. Raises where it is Entra's own trouble, or none of
    Entra's words; `words` are msal's, for what never got so far."""
    if answer is None:
        return Refusal(kind="tenant", said=f"msal refused what stands in [microsoft365] ({short(words)})")
    try:
        found = json.loads(answer.text)
    except ValueError:
        found = None
    if isinstance(found, dict) and "error" in found and answer.status_code < 500 and answer.status_code != 429:
        return refusal(found)
    headers = {name.lower(): value for name, value in answer.headers.items()}
    raise ChannelError(f"{server.authority}: {_odd(answer)}.", about="server", wait=retry_after(headers, now))


def _odd(answer: requests.Response) -> str:
    if answer.status_code == 407:
        return broken("407")
    if answer.status_code == 429 or answer.status_code >= 500:
        return f"Microsoft Entra is busy (status {answer.status_code})"
    if "html" in answer.headers.get("Content-Type", ""):
        return "a web page came back instead of Entra's answer. Look for a proxy or a login page in between"
    if 300 <= answer.status_code < 400:
        return "the server sends us elsewhere. Correct [microsoft365] authority"
    if answer.status_code == 404:
        return "there is no Microsoft Entra at this address. Correct [microsoft365] authority"
    return f"the server did not answer as Microsoft Entra does (status {answer.status_code})"


def _lives(found: Mapping[str, Any]) -> float:
    try:
        return float(found.get("expires_in", 0))
    except (TypeError, ValueError):
        return 0.0


def _claims(token: str) -> Mapping[str, Any]:
    """What stands in a token (RFC 7519); nothing is believed of it but what we tell the administrator."""
    try:
        middle = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
