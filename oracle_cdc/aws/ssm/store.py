"""Ask the Parameter Store: everything below a path, or one parameter. Nothing is ever listed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tenacity import RetryCallState, retry_if_exception_type

from oracle_cdc.aws.session import AwsSession
from oracle_cdc.aws.ssm.translation import translate
from oracle_cdc.errors import ParametersRefused, ParametersUnavailable
from oracle_cdc.running.retrying import retry_policy

logger = logging.getLogger(__name__)

#: The limit is one of time.
MOST_TRIES = 1000
#: The most that one answer may hold:
#: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParametersByPath.html
PAGE_SIZE = 10
#: A path below which more stand is another one than was meant.
MAX_PARAMETERS = 1000


@dataclass(frozen=True)
class Parameter:
    """One parameter, decrypted."""

    name: str
    value: str = field(repr=False)
    version: int


@dataclass(frozen=True)
class Page:
    """The parameters of one answer. token: by which the next page is asked for, if there is one."""

    parameters: Sequence[Parameter]
    token: str | None


@dataclass(frozen=True)
class Patience:
    """How long a store that throttles or does not answer is asked again."""

    initial_seconds: float = 0.5
    max_seconds: float = 5.0
    within_seconds: float = 60.0


class ParameterStore:
    """Reads parameters, and raises ParametersUnavailable or ParametersRefused.

    Parameters:
        request_seconds: the longest that one request can take.
    """

    def __init__(self, session: AwsSession, patience: Patience, *, request_seconds: float) -> None:
        self._session = session
        self._patience = patience
        self._request_seconds = request_seconds

    def read_below(self, path: str) -> list[Parameter]:
        """Return all parameters below a path, in pages, each asked for until it is answered."""
        # The last try and the wait before it end within the limit too.
        last_seconds = self._request_seconds + self._patience.max_seconds
        too_late_at = time.monotonic() + self._patience.within_seconds
        give_up_at = too_late_at - last_seconds
        found: list[Parameter] = []
        request: dict[str, Any] = {
            "Path": path,
            "Recursive": True,
            "WithDecryption": True,
            "MaxResults": PAGE_SIZE,
        }
        with self._lend("GetParametersByPath", path) as client:
            while True:
                page = self._ask_patiently(client, request, give_up_at)
                found += page.parameters
                if not page.token:
                    return found
                if time.monotonic() > too_late_at:
                    raise ParametersUnavailable(f"SSM {path}: its pages do not end")
                if len(found) > MAX_PARAMETERS:
                    raise ParametersRefused(f"SSM {path}: more than {MAX_PARAMETERS} below it")
                request["NextToken"] = page.token

    def read(self, name: str) -> Parameter | None:
        """Return one parameter as it is now, or None where it is gone."""
        action = "GetParameter"
        with self._lend(action, name) as client, translate(action, name, region_of(client)):
            try:
                answer = client.get_parameter(Name=name, WithDecryption=True)
            except client.exceptions.ParameterNotFound:
                return None
            return parameter_of(answer["Parameter"])

    def _ask_patiently(self, client: Any, request: Mapping[str, Any], give_up_at: float) -> Page:
        """Return the answer to a request, which is made again while the store is out of reach."""
        policy = retry_policy(
            initial_seconds=self._patience.initial_seconds,
            max_seconds=self._patience.max_seconds,
            attempts=MOST_TRIES,
            within_seconds=max(0.0, give_up_at - time.monotonic()),
            # Only the person who started the program waits for settings, and Ctrl+C ends that.
            stop=threading.Event(),
            retry=retry_if_exception_type(ParametersUnavailable),
        )
        policy = policy.copy(before_sleep=partial(self._say, give_up_at))
        page: Page = policy(partial(self._ask, client, request))
        return page

    def _say(self, give_up_at: float, state: RetryCallState) -> None:
        """Say before the first wait that the start waits, and for what."""
        if state.attempt_number == 1 and state.outcome is not None:
            seconds = give_up_at - time.monotonic()
            logger.warning("%s; asked again for %.0f s", state.outcome.exception(), seconds)

    def _ask(self, client: Any, request: Mapping[str, Any]) -> Page:
        with translate("GetParametersByPath", request["Path"], region_of(client)):
            answer = client.get_parameters_by_path(**request)
            parameters = []
            for record in answer.get("Parameters", []):
                parameters.append(parameter_of(record))
            return Page(parameters, answer.get("NextToken"))

    @contextmanager
    def _lend(self, action: str, name: str) -> Iterator[Any]:
        """Lend a client. A connection of hours ago would be closed by now."""
        with translate(action, name, "no region"), self._session.opened("ssm") as client:
            yield client


def region_of(client: Any) -> str:
    """Return the region that a client asks."""
    return str(client.meta.region_name)


def parameter_of(record: Mapping[str, Any]) -> Parameter:
    """Return one parameter of an answer."""
    return Parameter(str(record["Name"]), str(record["Value"]), int(record.get("Version", 0)))
