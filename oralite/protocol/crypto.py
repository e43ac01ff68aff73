"""The password dialogue (12c verifier): each side proves that it knows the password."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

VERIFIER_TYPE = 0x4815
VERIFIER_ITERATIONS = 4096
SESSION_KEY_ITERATIONS = 3

_KEY_BYTES = 32
_BLOCK_BYTES = 16
_SALT_SECRET = secrets.token_bytes(16)


@dataclass(frozen=True)
class Challenge:
    """What the server sends in phase one, and the key that only who knows the password has too."""

    salt: bytes
    session_salt: bytes
    server_part: bytes = field(repr=False)
    key: bytes = field(repr=False)

    @property
    def encrypted_part(self) -> bytes:
        return _encrypt(self.key, self.server_part)


def challenge(user: str, password: str | None) -> Challenge:
    """Make a challenge.

    password None: there is no such user, the dialogue is the same and can only fail.
    """
    salt = hashlib.sha256(_SALT_SECRET + user.encode()).digest()[:_BLOCK_BYTES]
    if password is None:
        key = secrets.token_bytes(_KEY_BYTES)
    else:
        key = _verifier(password, salt)
    return Challenge(salt, secrets.token_bytes(_BLOCK_BYTES), secrets.token_bytes(_KEY_BYTES), key)


@lru_cache(maxsize=256)
def _verifier(password: str, salt: bytes) -> bytes:
    stretched = hashlib.pbkdf2_hmac(
        "sha512", password.encode(), salt + b"AUTH_PBKDF2_SPEEDY_KEY", VERIFIER_ITERATIONS, 64
    )
    return hashlib.sha512(stretched + salt).digest()[:_KEY_BYTES]


def shared_key(given: Challenge, client_part: bytes) -> bytes:
    """Return the key of the rest of the dialogue, from both sides' parts.

    Raises ValueError for a part of a wrong length.
    """
    parts = _decrypt(given.key, client_part)[:_KEY_BYTES] + given.server_part
    return hashlib.pbkdf2_hmac(
        "sha512",
        parts.hex().upper().encode(),
        given.session_salt,
        SESSION_KEY_ITERATIONS,
        _KEY_BYTES,
    )


def opens(key: bytes, encrypted_password: bytes, password: str) -> bool:
    """Return whether the client's encrypted password is this one.

    Raises ValueError for bytes of a wrong length.
    """
    plain = _decrypt(key, encrypted_password)[_BLOCK_BYTES:]
    if plain:
        given = plain[: -plain[-1]]
    else:
        given = b""
    return secrets.compare_digest(given, password.encode())


def proof(key: bytes) -> bytes:
    """Return what shows the client that the server knows the password too."""
    padding = bytes((_BLOCK_BYTES,)) * _BLOCK_BYTES
    return _encrypt(key, secrets.token_bytes(_BLOCK_BYTES) + b"SERVER_TO_CLIENT" + padding)


def _cipher(key: bytes) -> Cipher[modes.CBC]:
    return Cipher(algorithms.AES(key), modes.CBC(bytes(_BLOCK_BYTES)))


def _encrypt(key: bytes, content: bytes) -> bytes:
    encryptor = _cipher(key).encryptor()
    return encryptor.update(content) + encryptor.finalize()


def _decrypt(key: bytes, content: bytes) -> bytes:
    decryptor = _cipher(key).decryptor()
    return decryptor.update(content) + decryptor.finalize()
