"""Whether a request that got no reply can have been carried out: what urllib3 and OpenSSL say tells. Pure."""

NOT_SENT = (
    "NewConnectionError",
    "NameResolutionError",
    "ConnectTimeout",
    "ProxyError",
    "CERTIFICATE_VERIFY_FAILED",
    "WRONG_VERSION_NUMBER",
    "HANDSHAKE",
    "TLS CA certificate bundle",
    "no certificate or crl found",
    "InvalidProxyURL",
    "InvalidURL",
)
"""Signs that no connection came about: then nothing can have been done. An SSL error alone may come in the middle."""


def was_sent(why: str) -> bool:
    """Whether the request may have been carried out, by the name and words of an error."""
    return not any(sign in why for sign in NOT_SENT)
