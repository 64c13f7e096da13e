"""The server's side of NTLM version 2: a challenge, and the proof that the other one knows the password.

Messages and arithmetic: MS-NLMP 2.2.1 and 3.3.2. No session security, no channel binding: what is checked is the
user and the password. The password's hash (MD4, gone from OpenSSL) is borrowed from pyspnego, which exchangelib brings.
"""

import hashlib
import hmac
import os
import struct
from collections.abc import Mapping

from spnego._ntlm_raw.crypto import ntowfv1

SIGNATURE = b"NTLMSSP\0"
DOMAIN = "TEST"
FLAGS = 0x00000001 | 0x00000004 | 0x00000200 | 0x00080000 | 0x00800000 | 0x20000000 | 0x80000000
"""Unicode, request target, NTLM, extended session security, target info, 128 bit, 56 bit (MS-NLMP 2.2.2.5)."""


def kind(message: bytes) -> int:
    """1 for a negotiate, 3 for an authenticate message; 0 for anything else."""
    return int(struct.unpack_from("<I", message, 8)[0]) if message.startswith(SIGNATURE) and len(message) >= 12 else 0


def challenge() -> tuple[bytes, bytes]:
    """A fresh server challenge, and the message that carries it."""
    nonce, domain = os.urandom(8), DOMAIN.encode("utf-16-le")
    # The names the client must repeat: domain (2), computer (1), end (0).
    target = b"".join(struct.pack("<HH", number, len(domain)) + domain for number in (2, 1)) + bytes(4)
    header = SIGNATURE + struct.pack("<I", 2) + struct.pack("<HHI", len(domain), len(domain), 48)
    header += struct.pack("<I", FLAGS) + nonce + bytes(8)
    header += struct.pack("<HHI", len(target), len(target), 48 + len(domain))
    return nonce, header + domain + target


def name_of(message: bytes) -> str:
    """Who an authenticate message says it is from, in lower case, without the domain."""
    return _payload(message, 36).decode("utf-16-le").lower().rpartition("\\")[2]


def user_of(message: bytes, nonce: bytes, passwords: Mapping[str, str]) -> str | None:
    """The user whose password this authenticate message proves, as `name_of` says it, or None."""
    proof, domain, name = (_payload(message, offset) for offset in (20, 28, 36))
    user = name_of(message)
    password = passwords.get(user)
    if password is None or len(proof) < 16:
        return None
    key = _hmac(ntowfv1(password), name.decode("utf-16-le").upper().encode("utf-16-le") + domain)
    return user if hmac.compare_digest(_hmac(key, nonce + proof[16:]), proof[:16]) else None


def _payload(message: bytes, offset: int) -> bytes:
    length, _, start = struct.unpack_from("<HHI", message, offset)
    return message[start : start + length]


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.md5).digest()
