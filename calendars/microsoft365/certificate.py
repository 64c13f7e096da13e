"""The certificate that proves who we are, in a file with its private key. Needs neither msal nor requests."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate with its private key, in PEM. `ends` is aware."""

    public: str
    private: str = field(repr=False)
    ends: datetime


def read_certificate(path: Path) -> Certificate:
    """The certificate in a file, with its key. Raises ValueError with a sentence."""
    try:
        content = path.read_bytes()
        found, key = x509.load_pem_x509_certificate(content), load_pem_private_key(content, None)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}.") from None
    except TypeError:
        raise ValueError(f"{path}: the private key has a passphrase. Write the key without one, mode 0600.") from None
    except Exception:  # cryptography's own; what it says is nobody's language
        raise ValueError(f"{path} needs a certificate and its private key, both as PEM.") from None
    if found.public_key() != key.public_key():
        raise ValueError(f"{path}: the private key is not the certificate's own.")
    if not isinstance(key, RSAPrivateKey):
        raise ValueError(
            f"{path}: Microsoft Entra takes RSA keys only. Make a certificate with one of 2048 bits or more."
        )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return Certificate(
        public=found.public_bytes(Encoding.PEM).decode(), private=private, ends=found.not_valid_after_utc
    )
