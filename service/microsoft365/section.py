"""The section [microsoft365]."""

import re
from urllib.parse import SplitResult, urlsplit

from calendars.microsoft365.settings import Microsoft365
from culture.settings import Bad, Key
from service.settings.config import Config, Section
from service.settings.loopback import url_is_loopback

GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
DOMAIN = r"([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]*"
CLOUDS = {
    "login.microsoftonline.com": ("graph.microsoft.com",),
    "login.microsoftonline.us": ("graph.microsoft.us", "dod-graph.microsoft.us"),
    "login.partner.microsoftonline.cn": ("microsoftgraph.chinacloudapi.cn",),
}
"""Where one logs in, and where Graph is in the same cloud (learn.microsoft.com/graph/deployments)."""


def section(config: Config) -> Microsoft365:
    """The section, where it is used: the config is refused otherwise."""
    found = config.find(Microsoft365)
    assert found is not None
    return found


def _of_ones_own(server: Microsoft365) -> None:
    proofs = ("certificate_file", "secret_env", "secret_file", "secret_command")
    if sum(bool(getattr(server, key)) for key in proofs) != 1:
        raise Bad("[microsoft365] needs exactly one of certificate_file, secret_env, secret_file, secret_command.")
    if server.secret_expires and server.certificate_file:
        raise Bad("When a certificate ends is read from it. Take secret_expires out.")
    _check_ids(server)
    _check_addresses(server)
    if server.outsider and server.outsider == server.mailbox:
        raise Bad(
            '"{outsider}" is the service\'s own mailbox. Write one that it must not reach.', outsider=server.outsider
        )


def _check_ids(server: Microsoft365) -> None:
    if not re.fullmatch(rf"{GUID}|{DOMAIN}", server.tenant):
        raise Bad(
            '"{tenant}" is no tenant. Write its id, or one of its domains, for example "styrelsen.onmicrosoft.com".',
            tenant=server.tenant,
        )
    if not re.fullmatch(GUID, server.client):
        raise Bad(
            '"{client}" is no application (client) id. Copy it from the app registration; it looks like "6f1f8b9e-2c57-4f7f-9d0a-5a4f3d2c1b00".',
            client=server.client,
        )


def _check_addresses(server: Microsoft365) -> None:
    authority, endpoint = (_address(url) for url in (server.authority, server.endpoint))
    if authority is None or authority.scheme != "https" or authority.path.strip("/"):
        raise Bad(
            '"{authority}" is not where one logs in. Write for example "https://login.microsoftonline.com".',
            authority=server.authority,
        )
    if endpoint is None:
        raise Bad(
            '"{endpoint}" is not the address of Microsoft Graph. Write for example "https://graph.microsoft.com/v1.0".',
            endpoint=server.endpoint,
        )
    wanted = CLOUDS.get(authority.hostname or "")
    if wanted and endpoint.hostname not in wanted:
        raise Bad(
            'authority "{authority}" and endpoint "{endpoint}" are not of the same cloud. Write "https://{host}/v1.0".',
            authority=server.authority,
            endpoint=server.endpoint,
            host=wanted[0],
        )
    if server.proxy and not re.fullmatch(r"https?://\S+", server.proxy):
        raise Bad('"{proxy}" is no proxy. Write for example "http://proxy.styrelsen.dk:3128".', proxy=server.proxy)


def _address(url: str) -> SplitResult | None:
    """A web address that is secure, or of this machine; None for anything else."""
    try:
        found = urlsplit(url)
        found.port  # noqa: B018 - raises where it is no number
    except ValueError:
        return None
    secure = found.scheme == "https" or (found.scheme == "http" and url_is_loopback(url))
    odd = found.query or found.fragment or found.username is not None or not url.isprintable() or " " in url
    return found if secure and found.hostname and not odd else None


def _whole(config: Config) -> None:
    server = config.find(Microsoft365)
    if config.people.group and not server:
        raise Bad(
            '[people] group is "{group}", but there is no [{section}]. Write it with at least {keys}, or a file of people.',
            group=config.people.group,
            section=SECTION.name,
            keys=SECTION.needed,
        )
    if server and config.mail.transport == SECTION.name and server.mailbox not in (None, config.mail.sender_address):
        raise Bad(
            '[mail] sender_address is "{sender}", but letters would leave by the mailbox "{mailbox}" of [microsoft365]. Write the same.',
            sender=config.mail.sender_address,
            mailbox=server.mailbox,
        )


SECTION = Section(
    name="microsoft365",
    holds=Microsoft365,
    told=Key("Microsoft 365, where most people's Outlook is: docs/microsoft365.md.", waits=True),
    after="exchange",
    check=_of_ones_own,
    fits=_whole,
)
