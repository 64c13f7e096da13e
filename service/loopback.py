"""What counts as this machine and nobody else's: names and addresses of the loopback, and requests that stayed on it. Pure."""

import re
from collections.abc import Container, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""What proxies write about whom they speak for. One that hides itself and the Host as well cannot be told from us."""


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name: localhost (RFC 6761, 6.3), 127.0.0.0/8, ::1 with brackets or without."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return bare.lower().rstrip(".") == "localhost"


def url_is_loopback(url: str) -> bool:
    """Whether a web address leads to this machine."""
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:  # half a bracket
        return False


def asked_at_home(hosts: Sequence[str], headers: Container[str]) -> bool:
    """Whether a request names this machine as its Host (RFC 9110, 7.2), with any port, and nobody handed it on.

    `hosts` are the values of that header, `headers` the names of all. A page elsewhere can give its own name our address
    (DNS rebinding), but not make a browser write another Host.
    """
    named = [re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*)(:\d*)?", host.strip()) for host in hosts]
    here = bool(named) and all(one and is_loopback(one[1]) for one in named)
    return here and not any(name in headers for name in FORWARDED)
