"""Who may see the page and change something: hosts, the token, cookies, and forms of our own."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from oracle_cdc.errors import SettingsError

#: Names by which this machine calls itself.
OWN_HOSTS = frozenset(("127.0.0.1", "localhost", "[::1]"))
#: How long a person stays logged in.
SESSION = timedelta(hours=12)
LONGEST_NAME = 120


@dataclass(frozen=True)
class Access:
    """What is asked of who comes.

    Parameters:
        token: without it nobody is asked who they are, on this machine alone.
        allowed_hosts: names in the Host header beside those of this machine.
        proxy_user: the header by which a proxy says who was logged in there.
        is_tls: people reach the page by https, whose end is before it: no request says so that
            could be believed.
    """

    token: str = ""
    allowed_hosts: frozenset[str] = frozenset()
    proxy_user: str = ""
    is_tls: bool = False
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    @property
    def key(self) -> bytes:
        """Return what cookies and forms are signed with: with a token a restart keeps it."""
        if self.token:
            return hashlib.sha256(b"monitor page\0" + self.token.encode()).digest()
        return self._key

    @property
    def is_asked(self) -> bool:
        """Return whether people and programs must say who they are."""
        return bool(self.token or self.proxy_user)

    def knows_host(self, header: str) -> bool:
        """Return whether a Host header names this page, so that no foreign name reaches it."""
        name = without_port(header)
        return name in OWN_HOSTS or name in self.allowed_hosts

    def is_token(self, given: str) -> bool:
        """Return whether a token is the one that is set."""
        if not self.token:
            return False
        return hmac.compare_digest(given.encode(), self.token.encode())

    def sign(self, text: str) -> str:
        """Return a signature that nobody else can make."""
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()

    def make_session(self, now: datetime) -> str:
        """Return a cookie for a person who gave the token."""
        ends = int((now + SESSION).timestamp())
        text = f"{ends}.{secrets.token_hex(8)}"
        return f"{text}.{self.sign('session ' + text)}"

    def is_session(self, cookie: str, now: datetime) -> bool:
        """Return whether a cookie is one of ours, and has not ended."""
        text, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self.sign(f"session {text}").encode()):
            return False
        return int(text.partition(".")[0]) > now.timestamp()

    def form_token(self, session: str) -> str:
        """Return what each form of a person's pages carries, and no other site knows."""
        return self.sign(f"form {session}")

    def is_form_token(self, given: str, session: str) -> bool:
        """Return whether a form is of our own page."""
        return hmac.compare_digest(given.encode(), self.form_token(session).encode())


def make_access(
    host: str, token: str, allowed_hosts: str, proxy_user: str = "", *, page_url: str = ""
) -> Access:
    """Return who may come, where the page is served at a host.

    Parameters:
        page_url: under which people reach the page, empty where nobody said so.

    Raises SettingsError where others than this machine could come and nobody would ask them.
    """
    hosts = frozenset(without_port(name) for name in allowed_hosts.split(",") if name.strip())
    if not is_own(host) and not (token and hosts):
        raise SettingsError(
            f"MONITOR_HOST: given {host}; allowed: 127.0.0.1, unless both MONITOR_TOKEN and "
            "MONITOR_ALLOWED_HOSTS are set"
        )
    is_tls = page_url.lower().startswith("https:")
    return Access(token, hosts, proxy_user, is_tls)


def without_port(text: str) -> str:
    """Return the name of a host in lower case, without the port that may stand behind it."""
    name = text.strip().lower()
    host, _, port = name.rpartition(":")
    if host and port.isdigit():
        return host
    return name


def is_own(host: str) -> bool:
    """Return whether an address is of this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def printable_name(text: str) -> str:
    """Return a name as the audit trail keeps it: printed signs alone, and not many."""
    return "".join(filter(str.isprintable, text))[:LONGEST_NAME]
