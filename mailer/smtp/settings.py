"""The mail server: the section [smtp]."""

from dataclasses import dataclass
from typing import Annotated, Literal

from culture.settings import Bad, Key, Line, Size, Within


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """Where the server is and how to be let in."""

    host: Annotated[Line, Key("The mail server.", example='"smtp.groennebyrum.example"')]
    port: Annotated[int, Within(1, 65535), Key("Its port.", example="587")]
    security: Annotated[
        Literal["starttls", "tls", "none"],
        Key('How the connection is protected; "none" is for an internal relay only.'),
    ] = "starttls"
    auth: Annotated[
        Literal["none", "password", "xoauth2"],
        Key(
            "How the service logs in.",
            more="For all but `none` it needs `user` and one of the three secrets.",
            example='"password"',
        ),
    ] = "none"
    user: Annotated[Line | None, Key("The account.", example='"ai-tid@groennebyrum.example"')] = None
    secret_env: Annotated[
        Line | None, Key("The environment variable with the password or token.", example='"AIKULTUR_SMTP_SECRET"')
    ] = None
    secret_file: Annotated[Line | None, Key("Or the file with it.", example='"/run/secrets/smtp"')] = None
    secret_command: Annotated[
        tuple[str, ...] | None,
        Size(1),
        Key("Or the command that prints it.", more="Asked anew for each connection.", example='["pass", "smtp"]'),
    ] = None
    ca_file: Annotated[
        Line | None,
        Key(
            "The certificate authority of your own; certificates are always verified.",
            example='"groennebyrum-ca.pem"',
        ),
    ] = None
    connections: Annotated[int, Within(1, 20), Key("How many connections there are at the same time.")] = 1
    timeout_seconds: Annotated[
        int, Within(1, 600), Key("How long a silent server is listened to, also when the service is stopped.")
    ] = 30

    def check(self, given: frozenset[str]) -> None:
        secrets = [key for key in ("secret_env", "secret_file", "secret_command") if getattr(self, key)]
        if self.auth == "none":
            if secrets or self.user:
                raise Bad(
                    'A user or a secret is given, but auth is "none". Write auth = "password" or "xoauth2", or take them out.'
                )
            return
        if len(secrets) != 1 or not self.user:
            raise Bad(
                'auth = "{auth}" needs user and exactly one of secret_env, secret_file, secret_command.', auth=self.auth
            )
        if self.security == "none":
            raise Bad('A password must not travel in the clear. Write security = "starttls" or "tls".')
