"""Microsoft 365: the section [microsoft365]."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from culture.settings import Email, Key, Line, Size, Within


@dataclass(frozen=True, slots=True, kw_only=True)
class Microsoft365:
    """A tenant of Microsoft 365, reached by Microsoft Graph as an application of its own."""

    tenant: Annotated[
        Line,
        Key("The tenant, by its id or one of its domains.", example='"groennebyrum.onmicrosoft.example"'),
    ]
    client: Annotated[
        Line,
        Key(
            "The application (client) id of the app registration.",
            example='"6f1f8b9e-2c57-4f7f-9d0a-5a4f3d2c1b00"',
        ),
    ]
    certificate_file: Annotated[
        Line | None,
        Key(
            "The certificate by which the service proves who it is, with its private key, as PEM.",
            more="Or one of the three secrets, where the tenant allows one. When it ends is read from the certificate.",
            example='"/run/secrets/microsoft365.pem"',
        ),
    ] = None
    secret_env: Annotated[
        Line | None,
        Key("The environment variable with the client secret.", example='"AIKULTUR_MICROSOFT365_SECRET"'),
    ] = None
    secret_file: Annotated[Line | None, Key("Or the file with it.", example='"/run/secrets/microsoft365"')] = None
    secret_command: Annotated[
        tuple[str, ...] | None, Size(1), Key("Or the command that prints it.", example='["pass", "microsoft365"]')
    ] = None
    secret_expires: Annotated[
        date | None,
        Key("The day on which the client secret ends; you are told from 30 days before.", example='"2027-11-30"'),
    ] = None
    mailbox: Annotated[
        Email | None,
        Key(
            "The service's own mailbox; left out, the sender of letters.",
            more='It sends meetings and, with `transport = "microsoft365"`, letters.',
            example='"ai-tid@groennebyrum.example"',
        ),
    ] = None
    outsider: Annotated[
        Email | None,
        Key(
            "A mailbox that the service must not reach.",
            more="`check --online` tries to look into it, and says so when that is possible.",
            example='"direktionen@groennebyrum.example"',
        ),
    ] = None
    authority: Annotated[Line, Key("Where the service logs in; another in a national cloud.")] = (
        "https://login.microsoftonline.com"
    )
    endpoint: Annotated[Line, Key("Where Microsoft Graph is; another in a national cloud.")] = (
        "https://graph.microsoft.com/v1.0"
    )
    proxy: Annotated[
        Line | None,
        Key("The way out, where there is no direct one.", example='"http://proxy.groennebyrum.example:3128"'),
    ] = None
    ca_file: Annotated[
        Line | None,
        Key(
            "The certificate authority of your own; certificates are always verified.",
            more="Where a proxy opens the connections and signs them itself.",
            example='"groennebyrum-ca.pem"',
        ),
    ] = None
    timeout_seconds: Annotated[int, Within(1, 600), Key("How long a silent server is listened to.")] = 60
    prompt_weeks: Annotated[
        int,
        Within(0, 8),
        Key("How many weeks' prompts stand in the days of the block, this week among them."),
    ] = 2
    keep_sent: Annotated[
        bool,
        Key(
            "Whether letters sent by Microsoft 365 stay in Sent Items.",
            more="Taking them out needs a right of its own: [microsoft365.md](microsoft365.md).",
        ),
    ] = False
