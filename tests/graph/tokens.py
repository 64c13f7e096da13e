"""The token endpoint and what a client asks before it: who is let in by a secret or a certificate, and how others are told.

AADSTS numbers and words: learn.microsoft.com/entra/identity-platform/reference-error-codes. A certificate's assertion is
checked as a JWT bearer assertion (RFC 7523): signature, audience, times, and which certificate it names.
"""

import hashlib
import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from tests.graph.access import LASTS, Application, Tokens, decoded

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SLACK = 300
"""Seconds by which the clocks may differ."""


class TokenError(Exception):
    """`error` is OAuth's word, `number` Microsoft's."""

    def __init__(self, error: str, number: int, words: str, status: int = 400) -> None:
        super().__init__(words)
        self.error, self.number, self.words, self.status = error, number, words, status

    def body(self, now: datetime) -> dict[str, Any]:
        trace, correlation, at = str(uuid.uuid4()), str(uuid.uuid4()), f"{now:%Y-%m-%d %H:%M:%SZ}"
        return {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.words} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {at}",
            "error_codes": [self.number],
            "timestamp": at,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.number}",
        }


@dataclass(slots=True)
class Authority:
    """One tenant. `domain` is its other name; `url` where it is reached. `issued` are the clients that got a token."""

    tenant: str
    domain: str
    tokens: Tokens
    url: str = ""
    applications: dict[str, Application] = field(default_factory=dict)
    issued: list[str] = field(default_factory=list)
    resources: set[str] = field(default_factory=set)  # for which tokens may be asked, beside the usual one

    def knows(self, tenant: str) -> bool:
        return tenant.lower() in (self.tenant, self.domain)

    def discovery(self, tenant: str) -> dict[str, Any]:
        """The OpenID document. Raises TokenError for another tenant."""
        self._check_tenant(tenant)
        base = f"{self.url}/{self.tenant}"
        return {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{base}/v2.0",
            "request_uri_parameter_supported": False,
            "userinfo_endpoint": f"{self.url}/oidc/userinfo",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "end_session_endpoint": f"{base}/oauth2/v2.0/logout",
            "claims_supported": ["sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "nonce", "tid", "ver"],
            "tenant_region_scope": "EU",
            "cloud_instance_name": "microsoftonline.com",
        }

    def instances(self) -> dict[str, Any]:
        """What instance discovery answers: this host is the only one."""
        host = self.url.partition("://")[2]
        return {
            "tenant_discovery_endpoint": f"{self.url}/{self.tenant}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }

    def token(self, tenant: str, body: bytes, now: datetime) -> dict[str, Any]:
        """A token for a form that was posted. Raises TokenError."""
        self._check_tenant(tenant)
        form = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if "grant_type" not in form:
            words = "The request body must contain the following parameter: 'grant_type'."
            raise TokenError("invalid_request", 900144, words)
        if form["grant_type"] != "client_credentials":
            words = f"The app requested an unsupported grant type '{form['grant_type']}'."
            raise TokenError("unsupported_grant_type", 70003, words)
        application = self._application(form.get("client_id", ""))
        self._check_scope(form.get("scope", ""))
        if "client_assertion" in form:
            self._check_assertion(application, form, tenant, now)
        else:
            self._check_secret(application, form.get("client_secret"), now)
        if application.blocked:
            raise TokenError("access_denied", 53003, "Access has been blocked by Conditional Access policies.")
        self.issued.append(application.client)
        seconds = int(LASTS.total_seconds())
        token = self.tokens.make(application, now)
        return {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token}

    def _check_tenant(self, tenant: str) -> None:
        if not self.knows(tenant):
            words = (
                f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the"
                " correct cloud. Check with your subscription administrator, this may happen if there are no active"
                " subscriptions for the tenant."
            )
            raise TokenError("invalid_request", 90002, words)

    def _application(self, client: str) -> Application:
        found = self.applications.get(client.lower())
        if found is None or not found.consent:
            words = (
                f"Application with identifier '{client}' was not found in the directory '{self.domain}'. This can happen if"
                " the application has not been installed by the administrator of the tenant or consented to by any user in"
                " the tenant. You may have sent your authentication request to the wrong tenant."
            )
            raise TokenError("unauthorized_client", 700016, words)
        if not found.enabled:
            raise TokenError("unauthorized_client", 7000112, f"Application '{client}'(AI-tid) is disabled.")
        return found

    def _check_scope(self, scope: str) -> None:
        if not scope.endswith("/.default"):
            words = (
                f"The provided value for scope {scope} is not valid. Client credential flows must have a scope value with"
                " /.default suffixed to the resource identifier (application ID URI)."
            )
            raise TokenError("invalid_scope", 1002012, words)
        if scope.removesuffix("/.default").rstrip("/") not in {self.tokens.audience, *self.resources}:
            words = (
                f"The resource principal named {scope.removesuffix('/.default')} was not found in the tenant named"
                f" {self.domain}. This can happen if the application has not been installed by the administrator of the"
                " tenant or consented to by any user in the tenant."
            )
            raise TokenError("invalid_resource", 500011, words)

    def _check_secret(self, application: Application, secret: str | None, now: datetime) -> None:
        client = application.client
        if not secret:
            words = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'."
            raise TokenError("invalid_client", 7000216, words, 401)
        if secret not in application.secrets:
            words = (
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not"
                f" the client secret ID, for a secret added to app '{client}'."
            )
            raise TokenError("invalid_client", 7000215, words, 401)
        ends = application.secrets[secret]
        if ends is not None and ends <= now:
            words = (
                f"The provided client secret keys for app '{client}' are expired. Visit the Azure portal to create new keys"
                " for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added"
                " security: https://aka.ms/certCreds."
            )
            raise TokenError("invalid_client", 7000222, words, 401)

    def _check_assertion(self, application: Application, form: dict[str, str], tenant: str, now: datetime) -> None:
        if form.get("client_assertion_type") != ASSERTION:
            words = "The request body must contain the following parameter: 'client_assertion_type'."
            raise TokenError("invalid_request", 900144, words)
        try:
            signed, _, signature = form["client_assertion"].rpartition(".")
            head, claims = (json.loads(decoded(part)) for part in signed.split("."))
            proof = decoded(signature)
        except ValueError:
            raise _refused("The assertion is no JWT.", 50027) from None
        certificate = _named(application, head)
        _verify(certificate, head.get("alg"), signed.encode(), proof)
        self._check_claims(application, claims, tenant, now)
        if not certificate.not_valid_before_utc <= now < certificate.not_valid_after_utc:
            words = (
                "The certificate used to sign the client assertion is expired on application. [Reason - The key used is"
                f" expired., Thumbprint of key used by client: '{_thumbprint(certificate)}'"
            )
            raise _refused(words)

    def _check_claims(self, application: Application, claims: dict[str, Any], tenant: str, now: datetime) -> None:
        here = {f"{self.url}/{name}/oauth2/v2.0/token".lower() for name in (tenant, self.tenant, self.domain)}
        here |= {f"{self.url}/{name}/v2.0".lower() for name in (tenant, self.tenant, self.domain)}
        if str(claims.get("aud", "")).lower() not in here:
            raise _refused("The audience in the assertion is not this authority.", 700023)
        if claims.get("iss") != application.client or claims.get("sub") != application.client:
            raise _refused("The 'iss' and the 'sub' claim must be the client ID.", 700021)
        at = now.timestamp()
        if not float(claims.get("nbf", at)) - SLACK <= at < float(claims.get("exp", 0)) + SLACK:
            words = (
                "Client assertion is not within its valid time range. Current time:"
                f" {now:%Y-%m-%dT%H:%M:%S.%fZ}, expiry time of assertion {claims.get('exp')}."
            )
            raise _refused(words, 700024)


def _named(application: Application, head: dict[str, Any]) -> x509.Certificate:
    """The registered certificate that the assertion names, by SHA-256 or, as older clients do, by SHA-1."""
    for certificate in application.certificates:
        for name, algorithm in (("x5t#S256", hashes.SHA256()), ("x5t", hashes.SHA1())):
            if name in head and decoded(str(head[name])) == certificate.fingerprint(algorithm):
                return certificate
    words = (
        "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The"
        f" key was not found., Please visit the Azure Portal: app '{application.client}']"
    )
    raise _refused(words)


def _verify(certificate: x509.Certificate, algorithm: object, signed: bytes, proof: bytes) -> None:
    key = certificate.public_key()
    shapes: dict[object, Any] = {
        "RS256": padding.PKCS1v15(),
        "PS256": padding.PSS(padding.MGF1(hashes.SHA256()), hashlib.sha256().digest_size),
    }
    try:
        if not isinstance(key, RSAPublicKey) or algorithm not in shapes:
            raise InvalidSignature
        key.verify(proof, signed, shapes[algorithm], hashes.SHA256())
    except InvalidSignature:
        raise _refused("Client assertion contains an invalid signature. [Reason - The key was not found.]") from None


def _thumbprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA1()).hex().upper()


def _refused(words: str, number: int = 700027) -> TokenError:
    return TokenError("invalid_client", number, words, 401)
