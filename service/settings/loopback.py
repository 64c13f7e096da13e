"""What counts as this machine and nobody else's: names and addresses of the loopback, and requests that stayed on it.
Pure."""

import re
from collections.abc import Container, Sequence
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
"""What proxies write about whom they speak for. One that hides itself and the Host as well cannot be told from us."""


EVERY_ADDRESS = ("0.0.0.0", "::", "")  # noqa: S104 - compared, not bound
"""Hosts that stand for all of a machine's addresses; none of them can be opened."""


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


def at_another_port(url: str, port: int) -> bool:
    """Whether a web address leads to this machine, and there to another port than `port`. Of port 0, which is any that is
    free, nobody can say."""
    return bool(port) and url_is_loopback(url) and _port(urlsplit(url)) != port


def at_port(url: str, port: int) -> str:
    """The same web address with `port` for its own."""
    parts = urlsplit(url)
    return parts._replace(netloc=f"{_bracketed(parts.hostname or '')}:{port}").geturl()


def answering(public_url: str, host: str, port: int) -> str:
    """Where the pages can be opened: at the public address, or where we listen when that is this machine alone."""
    if public_url and not url_is_loopback(public_url):
        return public_url
    return f"http://{'127.0.0.1' if host in EVERY_ADDRESS else _bracketed(host)}:{port}"


def _port(parts: SplitResult) -> int | None:
    """The port of a web address, or the usual one of its scheme (RFC 9110, 4.2); None for a number that is no port."""
    try:
        return parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return None


def _bracketed(host: str) -> str:
    """A host as an address has it: IPv6 in brackets (RFC 3986, 3.2.2)."""
    return f"[{host}]" if ":" in host else host


def asked_at_home(hosts: Sequence[str], headers: Container[str]) -> bool:
    """Whether a request names this machine as its Host (RFC 9110, 7.2), with any port, and nobody handed it on.

    `hosts` are the values of that header, `headers` the names of all. A page elsewhere can give its own name our address
    (DNS rebinding), but not make a browser write another Host.
    """
    named = [re.fullmatch(r"(\[[^\]]*\]|[^:\[\]]*)(:\d*)?", host.strip()) for host in hosts]
    here = bool(named) and all(one and is_loopback(one[1]) for one in named)
    return here and not any(name in headers for name in FORWARDED)
