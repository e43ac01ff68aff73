"""Keys of NATS: an nkey in a file, and the credentials of a server that trusts an operator."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nkeys

#: The prefixes of the kinds of keys.
USER, ACCOUNT, OPERATOR = (
    nkeys.PREFIX_BYTE_USER,
    nkeys.PREFIX_BYTE_ACCOUNT,
    nkeys.PREFIX_BYTE_OPERATOR,
)


@dataclass(frozen=True)
class Key:
    """A pair of keys, as NATS writes them."""

    seed: bytes
    public: str

    def sign(self, content: bytes) -> bytes:
        signature: bytes = nkeys.from_seed(bytearray(self.seed)).sign(content)
        return signature


def new_key(kind: int = USER) -> Key:
    """Make a new pair of keys."""
    seed = bytes(nkeys.encode_seed(os.urandom(32), kind))
    return Key(seed, nkeys.from_seed(bytearray(seed)).public_key.decode())


@dataclass(frozen=True)
class Trust:
    """What a server trusts, as its settings have it, and a user's credentials for it."""

    settings: str
    credentials: bytes


def new_trust() -> Trust:
    """Make an operator, an account with JetStream and a user of it."""
    operator, account, system, user = (
        new_key(OPERATOR),
        new_key(ACCOUNT),
        new_key(ACCOUNT),
        new_key(USER),
    )
    operator_token = token(
        operator, operator, {"type": "operator", "system_account": system.public}
    )
    limits = {"mem_storage": -1, "disk_storage": -1, "streams": -1, "consumer": -1}
    for each in ("subs", "conn", "leaf", "imports", "exports", "data", "payload"):
        limits[each] = -1
    account_token = token(operator, account, {"type": "account", "limits": limits})
    system_token = token(operator, system, {"type": "account"})
    unlimited = {"subs": -1, "data": -1, "payload": -1}
    user_token = token(account, user, {"type": "user", "pub": {}, "sub": {}, **unlimited})
    accounts = f"{account.public}: {account_token}, {system.public}: {system_token}"
    settings = (
        f"operator: {operator_token}\nsystem_account: {system.public}\nresolver: MEMORY\n"
        f"resolver_preload: {{ {accounts} }}"
    )
    credentials = (
        f"-----BEGIN NATS USER JWT-----\n{user_token}\n------END NATS USER JWT------\n\n"
        f"-----BEGIN USER NKEY SEED-----\n{user.seed.decode()}\n------END USER NKEY SEED------\n"
    )
    return Trust(settings, credentials.encode())


def token(issuer: Key, subject: Key, claims: dict[str, Any]) -> str:
    """Sign what an issuer says of a subject."""
    content: dict[str, Any] = {
        "iat": int(time.time()),
        "iss": issuer.public,
        "sub": subject.public,
        "name": claims["type"],
        "nats": {"version": 2, **claims},
    }
    digest = hashlib.sha256(json.dumps(content).encode()).digest()
    content["jti"] = base64.b32encode(digest).decode().rstrip("=")
    head = encode(json.dumps({"typ": "JWT", "alg": "ed25519-nkey"}).encode())
    signed = f"{head}.{encode(json.dumps(content).encode())}"
    return f"{signed}.{encode(issuer.sign(signed.encode()))}"


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def write_key(path: Path, key: Key) -> Path:
    """Write a seed into a file."""
    path.write_bytes(key.seed + b"\n")
    return path
