"""A certificate of an application, made here: the file that a client has, and what is registered."""

from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID


def make_credential(
    file: Path, *, lasts: timedelta = timedelta(days=365), since: datetime | None = None
) -> x509.Certificate:
    """Write a private key and its certificate into one PEM file; the certificate, to be registered."""
    key = _key(next(_TURNS) % 3)  # to find one takes as long as a test, and no test needs more that differ
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "aikultur")])
    begins = since or datetime.now(UTC) - timedelta(hours=1)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lasts)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return certificate


_TURNS = count()


@cache
def _key(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
