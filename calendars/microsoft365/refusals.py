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


PROOF: Mapping[int, str] = {
    7000215: ("the client secret is wrong. Write the secret's value, not its id, where [microsoft365] says it is"),
    7000222: "the client secret has expired. Make a new one in the app registration and write it where [microsoft365] says",
    700027: (
        "the certificate is not known to the app registration, or it has expired. Upload its public part there, or write "
        "the one that is there in [microsoft365] certificate_file"
    ),
    1000502: "the certificate is not valid today. Make a new one, upload it to the app registration and write it here",
    7000214: "the certificate is not taken for this application. Upload its public part to the app registration",
    700038: "[microsoft365] client is not the id of an application. Copy it from the app registration",
    90002: "there is no such tenant. Correct [microsoft365] tenant, or authority in a national cloud",
    900021: "there is no such tenant. Correct [microsoft365] tenant",
    900023: "[microsoft365] tenant is neither the id of a tenant nor one of its domains. Correct it",
    900384: "the certificate's signature is not valid. The private key in certificate_file must be the certificate's own",
    50012: "the certificate's signature is not valid. The private key in certificate_file must be the certificate's own",
}
TENANT: Mapping[int, str] = {
    65001: "nobody has consented to what the application may do. Have an administrator grant it (docs/microsoft365.md)",
    7000112: "the application is disabled in the tenant. Have it enabled under Enterprise applications",
    700016: (
        "the tenant has no such application, or nobody has consented to it. Correct [microsoft365] client or tenant, or "
        "have an administrator consent (docs/microsoft365.md)"
    ),
    7000229: "the application has no service principal in the tenant. Have an administrator consent (docs/microsoft365.md)",
    500011: (
        "the tenant knows no Microsoft Graph by this name. [microsoft365] endpoint and authority must be of the same cloud"
    ),
    501051: "the application is assigned nothing in the tenant. Give it its rights (docs/microsoft365.md)",
    53003: (
        "Conditional Access for workload identities keeps the application out. Have the address that the service goes "
        "out by allowed, or the application left out of the policy"
    ),
    53011: "Conditional Access keeps the application out as a risk. Have it looked at under Risky workload identities",
    700024: "the clock of this machine is wrong: what it signed is not valid yet, or not any more. Set it by NTP",
    900381: "the tenant is in another national cloud. Correct [microsoft365] authority and endpoint",
    900382: "the tenant is in another national cloud. Correct [microsoft365] authority and endpoint",
    900439: "the tenant is in another national cloud. Correct [microsoft365] authority and endpoint",
    90051: "the tenant is in another national cloud. Correct [microsoft365] authority and endpoint",
}
CONDITIONAL_ACCESS = range(530000, 530100)
PASSING = ("temporarily_unavailable", "server_error")


def refusal(found: Mapping[str, Any]) -> Refusal:
    """What is meant by an error of the token endpoint (RFC 6749, 5.2)."""
    words = found.get("error_description")
    said = words if isinstance(words, str) else ""
    code = _code(found, said)
    error = found.get("error")
    theirs = short(said.partition("Trace ID")[0]) or short(str(error))
    if known := PROOF.get(code):
        return Refusal(kind="proof", said=f"{known} ({theirs})")
    known = TENANT[53003] if code in CONDITIONAL_ACCESS else TENANT.get(code)
    if known:
        return Refusal(kind="tenant", said=f"{known} ({theirs})")
    if error in PASSING:
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
