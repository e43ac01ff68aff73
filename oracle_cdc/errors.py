"""The error tree, by what the caller can do: retry, wait for a person, or set one thing aside."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """What a command exits with, as docs/operate.md has it."""

    DONE = 0
    FAILED = 1
    SETTINGS = 2
    ORACLE = 3
    #: Where things are delivered to: SQS, NATS.
    DESTINATION = 4
    #: Another store: MariaDB.
    STORE = 5
    #: What `monitor once --fail-on` names was found.
    FOUND = 6
    #: Ended by SIGINT, as a shell has it.
    INTERRUPTED = 130
    #: Ended because nobody read its output to the end, as a shell has it of SIGPIPE.
    CLOSED_PIPE = 141


#: Which code a command exits with where several things failed: the first of these that there is.
FIRST_CODES = (ExitCode.ORACLE, ExitCode.DESTINATION, ExitCode.STORE, ExitCode.FAILED)


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """Return what a command exits with whose parts ended with these."""
    found = set(codes)
    for code in FIRST_CODES:
        if code in found:
            return code
    return ExitCode.DONE


class CdcError(Exception):
    """Something of this service's work failed.

    The message says what was tried, with which id and limit.
    """

    #: ERROR_LOG.ERROR_TYPE (docs/tables.md).
    code: ClassVar[str] = "INTERNAL"
    #: Whose failure it is, by which log files choose: oracle, sqs, another destination, a store of
    #: progress, or nobody's but ours.
    area: ClassVar[str] = "service"
    #: What a command that fails with it exits with.
    exit_code: ClassVar[ExitCode] = ExitCode.FAILED
    #: Whether the same thing may succeed later without anybody's help.
    is_retryable: ClassVar[bool] = False
    #: Whether a loop that ends a step with it has got on.
    is_progress: ClassVar[bool] = True
    #: The name of the dependency whose call it ended, empty where none did.
    dependency: str = ""


class Unreachable(Exception):
    """A dependency could not be asked at all, so nothing is learned of what was to be asked.

    `error` says why.
    """

    def __init__(self, error: CdcError) -> None:
        super().__init__(str(error))
        self.error = error


class SettingsError(CdcError):
    """Settings or usage are wrong, and the message lists every mistake."""

    exit_code = ExitCode.SETTINGS


class TransientError(CdcError):
    """A passing failure: retry with backoff, for ever."""

    code = "TRANSIENT"
    is_retryable = True


class Unavailable(TransientError):
    """A dependency or the way to it failed."""


class DestinationUnavailable(Unavailable):
    """What events are delivered to takes none now: an outage, a full stream, an election."""

    area = "destination"
    exit_code = ExitCode.DESTINATION


class StoreUnavailable(Unavailable):
    """Where progress is kept, or the way to it, failed: connect anew."""

    area = "store"
    exit_code = ExitCode.STORE


class OracleUnavailable(Unavailable):
    """Oracle or the way to it failed: reconnect."""

    area = "oracle"
    exit_code = ExitCode.ORACLE


class SessionsExhausted(OracleUnavailable):
    """Oracle allows this user no further session."""


class NoSessionFree(OracleUnavailable):
    """All sessions of this process were in use for too long."""

    is_progress = False


class OracleRefused(TransientError):
    """Oracle answered with an error that nobody foresaw.

    The connection is sound, and one row may be what it is about.
    """

    area = "oracle"
    exit_code = ExitCode.ORACLE


class RowLocked(TransientError):
    """Another session has the row locked for longer than we wait for it."""

    area = "oracle"
    exit_code = ExitCode.ORACLE


class SqsUnavailable(DestinationUnavailable):
    """SQS or the way to it failed, or it throttles."""

    area = "sqs"


class SqsUnanswered(SqsUnavailable):
    """No answer came to a request, which SQS may have carried out."""


class NotSent(TransientError):
    """A message was not even tried: the service stops, or its lease ends too soon."""

    area = "sqs"
    exit_code = ExitCode.DESTINATION


class ParametersUnavailable(Unavailable):
    """The Parameter Store or the way to it failed, or it throttles."""

    exit_code = ExitCode.SETTINGS


class ConfigurationError(CdcError):
    """A person must change something (a grant, a table, a queue, a policy): ask again slowly."""

    code = "CONFIGURATION"
    is_retryable = True


class OracleConfigurationError(ConfigurationError):
    """Oracle answers, but something that it must have or allow is missing."""

    area = "oracle"
    exit_code = ExitCode.ORACLE


class DestinationConfigurationError(ConfigurationError):
    """A destination answers, but what it must have or allow is missing."""

    area = "destination"
    exit_code = ExitCode.DESTINATION


class DestinationMissing(DestinationConfigurationError):
    """A destination answers, but what events are sent to is not there: create it."""


class StoreConfigurationError(ConfigurationError):
    """The store of progress answers, but what it must have or allow is missing."""

    area = "store"
    exit_code = ExitCode.STORE


class StoreMissing(StoreConfigurationError):
    """The store of progress answers, but a table is not there: create it."""


class SqsConfigurationError(DestinationConfigurationError):
    """SQS answers, but the queue or a permission is missing."""

    area = "sqs"


class ParametersRefused(ConfigurationError):
    """The Parameter Store answers, but a permission, key or name is wrong."""

    exit_code = ExitCode.SETTINGS


class CredentialsError(CdcError):
    """Credentials were refused."""

    code = "CREDENTIALS"
    is_retryable = True
    #: Whether a secret that was changed meanwhile may be accepted.
    may_be_outdated: ClassVar[bool] = True


class OracleCredentialsError(CredentialsError):
    """Oracle refused the log-in, and more attempts can lock the account."""

    area = "oracle"
    exit_code = ExitCode.ORACLE


class OracleAccountClosed(OracleCredentialsError):
    """Oracle admits this user with no password: it is locked, expired, or may not log in."""

    may_be_outdated = False


class DestinationCredentialsError(CredentialsError):
    """A destination refused the log-in."""

    area = "destination"
    exit_code = ExitCode.DESTINATION


class StoreCredentialsError(CredentialsError):
    """The store of progress refused the log-in."""

    area = "store"
    exit_code = ExitCode.STORE


class StoreAccountClosed(StoreCredentialsError):
    """The store of progress admits this user with no password: locked, or no right to be there."""

    may_be_outdated = False


class SqsCredentialsError(DestinationCredentialsError):
    """AWS refused the credentials, or none were found."""

    area = "sqs"


class MessageRefused(CdcError):
    """This one conversation can't be sent as it is (size, contents): set it aside."""

    code = "MESSAGE"


class MessageUnredacted(MessageRefused):
    """What is personal in a conversation could not be looked for: it must not leave."""


class MessageTooLarge(MessageRefused):
    """SQS found a message, or a request of several, too large."""


class HeldElsewhere(CdcError):
    """Another copy runs under this program's name: stand by."""


class EventRefused(CdcError):
    """This one row can't be sent as it is (size, contents, subject): set it aside."""

    code = "MESSAGE"


class ResultRefused(CdcError):
    """This one result can't be written: set it aside."""

    code = "RESULT"


class ResultUnredacted(ResultRefused):
    """What is personal in a result could not be looked for: nothing of it is written."""


class ValueRefused(CdcError):
    """Oracle refused one row, and no other, for its values (ORA-12899, 01438, 01722 ...)."""

    code = "RESULT"


class DuplicateRow(ValueRefused):
    """The row is there already (ORA-00001)."""
