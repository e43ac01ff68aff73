"""What NATS reports, sorted by what to do. Its own texts stay out: they can quote a subject."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from dataclasses import dataclass
from typing import NamedTuple

from nats import errors
from nats.js.errors import APIError, NotFoundError, ServiceUnavailableError

from oracle_cdc.errors import (
    CdcError,
    DestinationConfigurationError,
    DestinationCredentialsError,
    DestinationMissing,
    DestinationUnavailable,
    EventRefused,
)

# The codes: https://github.com/nats-io/nats-server/blob/main/server/errors.json

#: A stream's limit is reached, and it discards what is new.
STREAM_FULL = 10077
TOO_LARGE = 10054
#: A message of the same id is under way between the servers, which may keep it or not.
UNDER_WAY = 10158
#: What passes, whatever its status says.
PASSING = {
    UNDER_WAY: "a message of the same id is under way",
    10167: "too many messages wait for the stream",
}
OTHER_STREAM = 10060
SEALED = 10109
#: JetStream is off: for the account, at the server.
SWITCHED_OFF = frozenset({10039, 10076})
#: Memory, disk or what an account may have of them is used up.
OUT_OF_STORE = frozenset({10002, 10023, 10028, 10047})
#: To a request of ours for a stream: its name or subjects are another's already.
TAKEN = {
    10058: "a stream of this name is there already, with other settings",
    10065: "another stream takes these subjects already",
    10074: "a single server keeps one replica only",
}

#: How the headers begin by which the server says that nobody listens.
NOBODY = b"NATS/1.0 503"

#: What a refused log-in is called, in small letters.
LOG_IN_REFUSED = ("authorization violation", "authentication", "user authentication", "revoked")


class Accepted(NamedTuple):
    """The stream has it, or had it before."""

    sequence: int
    is_repeat: bool


@dataclass(frozen=True)
class Refused:
    """JetStream answered that it does not take it."""

    code: int
    error_code: int


@dataclass(frozen=True)
class Unheard:
    """Nobody listens on its subject: no stream takes it, or the stream has no leader now."""


@dataclass(frozen=True)
class Denied:
    """This user may not publish on its subject."""


@dataclass(frozen=True)
class Silence:
    """No answer came in time, or none can come any more."""


Answer = Accepted | Refused | Unheard | Denied | Silence

UNHEARD, DENIED, SILENCE = Unheard(), Denied(), Silence()


def read_answer(data: bytes, headers: bytes | None) -> Answer:
    """Return what the answer to a published message says.

    What is no answer of JetStream's (another program listens on the subject and replies) says
    nothing of what the stream has.
    """
    if not data:
        if headers and headers.startswith(NOBODY):
            return UNHEARD
        return SILENCE
    try:
        answer = json.loads(data)
        error = answer.get("error")
        if error is not None:
            return Refused(int(error["code"]), int(error.get("err_code", 0)))
        sequence = int(answer["seq"])
        if sequence < 1:
            # So older servers say that one of this id is under way, and by no error.
            return Refused(409, UNDER_WAY)
        return Accepted(sequence, bool(answer.get("duplicate")))
    except (AttributeError, KeyError, TypeError, ValueError):
        return SILENCE


def sort_refusal(refused: Refused, stream: str) -> CdcError:
    """Make the error that JetStream's answer to a message stands for."""
    said = f"stream {stream}: JetStream's error {refused.error_code}"
    if refused.error_code == STREAM_FULL:
        return DestinationUnavailable(f"{said}, the stream is full and discards what is new")
    if refused.error_code in PASSING:
        return DestinationUnavailable(f"{said}, {PASSING[refused.error_code]}")
    if refused.error_code in OUT_OF_STORE:
        return DestinationUnavailable(f"{said}, the server or the account is out of store")
    if refused.error_code == TOO_LARGE:
        return EventRefused(f"{said}, larger than the stream's max_msg_size")
    if refused.error_code == OTHER_STREAM:
        return DestinationConfigurationError(
            f"{said}, another stream takes this subject; see NATS_STREAM and NATS_SUBJECT"
        )
    if refused.error_code == SEALED:
        return DestinationConfigurationError(f"{said}, the stream is sealed")
    return sort_code(refused.code, refused.error_code, said)


def sort_request_error(error: Exception, stream: str) -> CdcError:
    """Make the error that a failed request about a stream stands for."""
    said = f"stream {stream}"
    if isinstance(error, NotFoundError):
        return DestinationMissing(
            f"{said}: not there; create it by init-stream or with NATS_CREATE_STREAM=true, or set "
            "NATS_STREAM"
        )
    if isinstance(error, ServiceUnavailableError) and error.err_code is None:
        return DestinationConfigurationError(
            f"{said}: JetStream is off at this server, or for this account"
        )
    if isinstance(error, APIError):
        said += f": JetStream's error {error.err_code}"
        code, error_code = error.code or 0, error.err_code or 0
        return sort_code(code, error_code, said)
    if isinstance(error, asyncio.TimeoutError):
        return DestinationUnavailable(f"{said}: no answer of JetStream's")
    return DestinationUnavailable(f"{said}: {type(error).__name__}")


def sort_code(code: int, error_code: int, said: str) -> CdcError:
    """Make the error that a code of JetStream's stands for, or for an unknown one its status."""
    if error_code in SWITCHED_OFF:
        return DestinationConfigurationError(f"{said}, JetStream is off for this account")
    if error_code in OUT_OF_STORE:
        return DestinationUnavailable(f"{said}, the server or the account is out of store")
    if error_code in TAKEN:
        return DestinationConfigurationError(f"{said}, {TAKEN[error_code]}")
    if 400 <= code < 500:
        return DestinationConfigurationError(f"{said}, status {code}")
    return DestinationUnavailable(f"{said}, status {code}")


def sort_connect_error(error: BaseException, server: str) -> CdcError:
    """Make the error that a failed log-in at a server stands for."""
    said = f"connecting to {server}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return DestinationConfigurationError(
            f"{said}: its certificate is not trusted ({error.verify_message}); see NATS_TLS_CA_FILE"
        )
    if isinstance(error, ssl.SSLError):
        return DestinationConfigurationError(f"{said}: TLS failed ({error.reason})")
    if isinstance(error, errors.SecureConnWantedError):
        return DestinationConfigurationError(
            f"{said}: it does not require TLS, which tls:// and NATS_TLS_* ask for"
        )
    if isinstance(error, asyncio.TimeoutError):
        return DestinationUnavailable(f"{said}: no answer in time; see its host and the firewall")
    if isinstance(error, socket.gaierror):
        return DestinationUnavailable(
            f"{said}: gaierror: the host's name can't be resolved; see NATS_SERVERS"
        )
    text = str(error).lower()
    if isinstance(error, errors.Error) and any(words in text for words in LOG_IN_REFUSED):
        return DestinationCredentialsError(f"{said}: the log-in was refused")
    if isinstance(error, (OSError, errors.Error)):
        return DestinationUnavailable(f"{said}: {type(error).__name__}")
    return DestinationConfigurationError(
        f"{said}: {type(error).__name__}; see NATS_CREDS_FILE and NATS_NKEY_FILE"
    )
