"""What Microsoft Entra says when it does not let an application in, and what is to be done about it.

Codes: learn.microsoft.com/entra/identity-platform/reference-error-codes. `proof`: this secret or certificate will never
do, so it is not tried again by itself. Everything else may be mended in the tenant while the proof stays as it is.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from calendars.microsoft365.errors import short

Kind = Literal["proof", "tenant", "passing"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why we are not let in. `kind`: what must become another for another answer. `said` has Microsoft's code in it."""

    kind: Kind
    said: str


WRONG = (
    "the client secret is wrong. Write the secret's value, not its id, where [microsoft365] says it is; where the tenant "
    "forbids secrets, use a certificate"
)
CERTIFICATE = (
    "the certificate is not known to the app registration, or it has expired. Upload its public part there, or write the "
    "one that is there in [microsoft365] certificate_file"
)
SIGNATURE = (
    "the certificate's signature is not valid. The private key in certificate_file must be the certificate's own"
)
TENANT_NAME = "there is no such tenant. Correct [microsoft365] tenant, or authority in a national cloud"
PROOF: Mapping[int, str] = {
    70002: WRONG,
    7000215: WRONG,
    7000222: "the client secret has expired. Make a new one in the app registration and write it where [microsoft365] says",
    700027: CERTIFICATE,
    700030: CERTIFICATE,
    1000502: "the certificate is not valid today. Make a new one, upload it to the app registration and write it here",
    50012: SIGNATURE,
    900384: SIGNATURE,
    700038: "[microsoft365] client is not the id of an application. Copy it from the app registration",
    90002: TENANT_NAME,
    900021: TENANT_NAME,
    900023: TENANT_NAME,
}

CONSENT = "nobody has consented to what the application may do. Have an administrator grant it (docs/microsoft365.md)"
UNKNOWN = (
    "the tenant has no such application, or nobody has consented to it. Correct [microsoft365] client or tenant, or have "
    "an administrator consent (docs/microsoft365.md)"
)
DISABLED = "the application is disabled in the tenant. Have it enabled under Enterprise applications"
CLOUD = "the tenant is in another national cloud. Correct [microsoft365] authority and endpoint"
RESTRICTED = "a proxy on the way lets nobody into this tenant (tenant restrictions). Have the tenant allowed in it"
CONDITIONAL = (
    "Conditional Access for workload identities keeps the application out. Have the address that the service goes out by "
    "allowed, or the application left out of the policy"
)
TENANT: Mapping[int, str] = {
    65001: CONSENT,
    650056: CONSENT,
    90094: CONSENT,
    700011: UNKNOWN,
    700016: UNKNOWN,
    7000229: UNKNOWN,
    70001: DISABLED,
    7000112: DISABLED,
    700025: 'the app registration is one for public clients. Set "Allow public client flows" under Authentication to No',
    500011: (
        "the tenant knows no Microsoft Graph by this name. [microsoft365] endpoint and authority must be of the same cloud"
    ),
    501051: "the application is assigned nothing in the tenant. Give it its rights (docs/microsoft365.md)",
    53003: CONDITIONAL,
    53011: "Conditional Access keeps the application out as a risk. Have it looked at under Risky workload identities",
    50002: RESTRICTED,
    500021: RESTRICTED,
    500022: RESTRICTED,
    700024: "the clock of this machine is wrong: what it signed is not valid yet, or not any more. Set it by NTP",
    90038: CLOUD,
    90051: CLOUD,
    900382: CLOUD,
    900432: CLOUD,
    900439: CLOUD,
}
CONDITIONAL_ACCESS = range(530000, 530100)
PASSING = (50000, 90006, 90012, 90024, 90033, 90055, 90090, 90091)
"""Entra's own trouble, by its own word."""


def refusal(found: Mapping[str, Any]) -> Refusal:
    """What is meant by an error of the token endpoint (RFC 6749, 5.2)."""
    words = found.get("error_description")
    said = words if isinstance(words, str) else ""
    code = _code(found, said)
    error = found.get("error")
    theirs = short(said.partition("Trace ID")[0]) or short(str(error))
    if known := PROOF.get(code):
        return Refusal(kind="proof", said=f"{known} ({theirs})")
    known = CONDITIONAL if code in CONDITIONAL_ACCESS else TENANT.get(code)
    if known:
        return Refusal(kind="tenant", said=f"{known} ({theirs})")
    if code in PASSING or error in ("temporarily_unavailable", "server_error"):
        return Refusal(kind="passing", said=f"Microsoft Entra is busy ({theirs})")
    if error == "invalid_client":
        return Refusal(kind="proof", said=f"the proof of who the service is was refused ({theirs}){_ids(found)}")
    return Refusal(kind="tenant", said=f"the application is not let in ({theirs}){_ids(found)}")


def _code(found: Mapping[str, Any], said: str) -> int:
    codes = found.get("error_codes")
    if isinstance(codes, list) and codes and isinstance(codes[0], int):
        return int(codes[0])
    named = re.search(r"AADSTS(\d{4,9})", said)
    return int(named[1]) if named else 0


def _ids(found: Mapping[str, Any]) -> str:
    """What Microsoft's support asks for."""
    said = ", ".join(f"{key} {short(str(found[key]))}" for key in ("trace_id", "correlation_id") if found.get(key))
    return f" ({said})" if said else ""
