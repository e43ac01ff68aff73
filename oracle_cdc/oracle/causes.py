"""What an error of the driver says, and what stands behind it: the code, the cause, the remedy.

The driver's own texts stay out: they can quote values, hosts and names.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator

from oracle_cdc.oracle.hints import DPY_HINTS, NETWORK, ORA_HINTS, WALLET

#: Only says that connecting failed; what failed stands behind it.
NO_CONNECTION = "DPY-6005"
#: Behind DPY-6005 it means more than that a session was lost.
CLOSED = "DPY-4011"
CLOSED_HINT = (
    "what listens there closed the connection: it wants TCPS, does not admit this host, "
    "or is no listener of Oracle; see ORACLE_PORT, ORACLE_DSN and the listener's log"
)
BROKEN_TLS_HINT = (
    "what listens there broke TLS off: it speaks none, or refuses this client; see the port in "
    "ORACLE_DSN (often 2484), the listener's log and ORACLE_WALLET_DIR"
)
TRUST = "put the certificate of its issuer into the wallet, and set ORACLE_WALLET_DIR"
#: By OpenSSL's number of what a certificate failed at.
CERTIFICATE_HINTS = {
    9: "the certificate is not valid yet; see this host's clock",
    10: "the certificate has expired; the DBA renews the listener's, or the wallet's own is old",
    18: f"the certificate is signed by itself and not trusted: {TRUST}",
    19: f"the certificate's issuer is not trusted: {TRUST}",
    20: f"the certificate's issuer is not known: {TRUST}",
    21: f"the certificate's issuer is not known: {TRUST}",
    62: "the certificate is another host's; see ORACLE_HOST or ORACLE_DSN",
}
#: OpenSSL's numbers of what RFC 5280 does not allow, which Python 3.13 and newer look at:
#: https://docs.python.org/3/library/ssl.html#ssl.create_default_context
AGAINST_RFC_5280 = range(80, 95)
#: By what OpenSSL calls it; the first that is a part of the name counts.
TLS_HINTS = {
    "WRONG_VERSION_NUMBER": "what listens there speaks no TLS; see the port in ORACLE_DSN",
    "UNSUPPORTED_PROTOCOL": "the listener's TLS is too old; its SSL_VERSION must be 1.2 or later",
    "ALERT_PROTOCOL_VERSION": "the listener refuses this TLS; its SSL_VERSION must be 1.2 or later",
    "ALERT": "the listener refused: it may want a certificate of this client; " + WALLET,
    "NO_CERTIFICATE": "the wallet holds no certificate; " + WALLET,
    "PEM": "the wallet's file is broken; " + WALLET,
    "BAD_DECRYPT": "the wallet's password is wrong; see ORACLE_WALLET_PASSWORD",
}
NETWORK_HINTS: tuple[tuple[type[OSError], str], ...] = (
    (ConnectionRefusedError, f"nobody listens there; {NETWORK}, and `lsnrctl status`"),
    (ConnectionResetError, CLOSED_HINT),
    (BrokenPipeError, CLOSED_HINT),
    (TimeoutError, f"no answer within ORACLE_CONNECT_TIMEOUT_SECONDS; {NETWORK}"),
    (socket.gaierror, "the host's name can't be resolved; see ORACLE_HOST or ORACLE_DSN"),
    (PermissionError, WALLET),
)


def describe_error(error: BaseException, code: int, full_code: str) -> tuple[str, str]:
    """Name an error and say what to do about it, if anything is known.

    Parameters:
        code: Oracle's number, 0 where it is the driver's own error.
    """
    if full_code == NO_CONNECTION:
        return describe_connecting(error)
    return full_code, ORA_HINTS.get(code) or DPY_HINTS.get(full_code, "")


def describe_connecting(error: BaseException) -> tuple[str, str]:
    """Name what stands behind DPY-6005."""
    for cause in trail(error):
        if isinstance(cause, OSError):
            return f"{NO_CONNECTION} ({name_network_error(cause)})", hint_network_error(cause)
        inner = inner_code(cause)
        if inner not in (NO_CONNECTION, CLOSED):
            return describe_refusal(cause, inner)
    if CLOSED in str(error):
        return f"{NO_CONNECTION} ({CLOSED})", CLOSED_HINT
    return NO_CONNECTION, DPY_HINTS[NO_CONNECTION]


def describe_refusal(cause: BaseException, full_code: str) -> tuple[str, str]:
    """Name an error of the driver's, or the number of Oracle's that it calls similar."""
    similar = re.search(r"\bORA-(\d{5})\b", str(cause))
    hint = DPY_HINTS.get(full_code, "")
    if full_code == "DPY-6000" and similar:
        return f"{full_code} ({similar[0]})", ORA_HINTS.get(int(similar[1]), hint)
    return full_code, hint


def inner_code(error: BaseException) -> str:
    """Return the driver's code of an error, of DPY-6005 the one that its text names after it."""
    for code in re.findall(r"\bDPY-\d{4}\b", str(error)):
        if code != NO_CONNECTION:
            return str(code)
    return NO_CONNECTION


def trail(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came of, outermost first."""
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        yield following
        following = following.__cause__ or following.__context__


def name_network_error(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{type(error).__name__} {error.verify_code}"
    if isinstance(error, ssl.SSLError) and error.reason:
        return f"{type(error).__name__} {error.reason}"
    return type(error).__name__


def hint_certificate(error: ssl.SSLCertVerificationError) -> str:
    """Say what to do about a certificate that was refused."""
    if error.verify_code in AGAINST_RFC_5280:
        return (
            f"the certificate is not as RFC 5280 has it ({error.verify_message}), which Python "
            "3.13 and newer refuse: have it issued anew, or run the service on Python 3.12"
        )
    return CERTIFICATE_HINTS.get(error.verify_code, f"the certificate is not trusted: {TRUST}")


def hint_network_error(error: OSError) -> str:
    """Say what to do about an error on the way to the database."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return hint_certificate(error)
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return BROKEN_TLS_HINT
    if isinstance(error, ssl.SSLError):
        return hint_tls_error(error.reason or "")
    for kind, hint in NETWORK_HINTS:
        if isinstance(error, kind):
            return hint
    return f"no way there; {NETWORK}"


def hint_tls_error(reason: str) -> str:
    """Say what to do about an error of OpenSSL by the name of its reason."""
    for part, hint in TLS_HINTS.items():
        if part in reason:
            return hint
    return f"TLS can't be negotiated; {WALLET}"
