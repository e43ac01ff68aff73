"""SSM as a layer of settings: each parameter below SSM_PATH is the value of a variable."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from oracle_cdc.aws.session import AwsSession, RequestLimits
from oracle_cdc.aws.ssm.store import Parameter, ParameterStore, Patience
from oracle_cdc.errors import ParametersRefused, ParametersUnavailable
from oracle_cdc.settings.entries import Collector, Entry
from oracle_cdc.settings.key_paths import KeyPaths
from oracle_cdc.settings.layers import SSM, StoreAccess
from oracle_cdc.settings.names import MISSPELT, variables
from oracle_cdc.settings.sections import SsmSettings
from oracle_cdc.settings.sources import Given, Source, unread

#: What deploy/terraform/ puts in the place of a secret.
PLACEHOLDER = "not put yet"
#: More names of other programs than this are not listed.
MAX_NAMES_SHOWN = 5

#: What the other layers must say.
OWN_VARIABLES = variables(SsmSettings)


def read_ssm(access: StoreAccess, keys: KeyPaths, patience: Patience | None = None) -> Source:
    """Return what the parameters below SSM_PATH give."""
    path = path_of(access.ssm)
    store = open_store(access, patience or Patience())
    try:
        parameters = store.read_below(path)
    except ParametersUnavailable as error:
        return unread(SSM, f"{error}; asked again until it was too late")
    except ParametersRefused as error:
        return unread(SSM, str(error))
    if not parameters:
        return unread(
            SSM, f"SSM {path}: no parameter below it; see SSM_PATH, AWS_REGION and the account"
        )
    return collect(path, parameters, keys, partial(read_again, store))


def open_store(access: StoreAccess, patience: Patience) -> ParameterStore:
    """Return the store, of which nothing is asked yet."""
    limits = make_limits(access.ssm)
    request_seconds = limits.connect_timeout_seconds + limits.read_timeout_seconds
    session = AwsSession(access.aws, limits)
    return ParameterStore(session, patience, request_seconds=request_seconds)


def path_of(settings: SsmSettings) -> str:
    """Return the path as rights are granted on it."""
    return (settings.path or "").rstrip("/")


def make_limits(settings: SsmSettings) -> RequestLimits:
    """Return the time-outs of one request, of which there is one at a time."""
    seconds = settings.timeout_seconds
    return RequestLimits(seconds, seconds, concurrent_requests=1)


def collect(
    path: str,
    parameters: Sequence[Parameter],
    keys: KeyPaths,
    again: Callable[[str, str], Given | None],
) -> Source:
    """Return the layer that parameters make.

    A path may be shared: what is in none of our sections is another program's.

    Parameters:
        again: reads a parameter anew, by its name and variable.
    """
    collector = Collector(SSM, keys)
    foreign: list[str] = []
    for parameter in sorted(parameters, key=lambda each: each.name):
        key = find_key(parameter.name.removeprefix(path).strip("/"), path, keys)
        variable = keys.find(key) or ""
        place = place_of(parameter)
        if not variable and key.partition("/")[0] not in keys.branches:
            foreign.append(describe_foreign(parameter.name, key, keys))
        elif variable in OWN_VARIABLES:
            collector.mistakes.append(f"{key} in {place}: SSM can't say where SSM is asked")
        elif parameter.value == PLACEHOLDER:
            collector.mistakes.append(f"{key} in {place}: no value yet; put the real one there")
        else:
            reads = partial(again, parameter.name, variable)
            collector.add(Entry(key, parameter.value, place, reads))
    return collector.source(passed_over(foreign))


def describe_foreign(name: str, key: str, keys: KeyPaths) -> str:
    """Return the name of a parameter that is another program's, unless it is one misspelt."""
    near = keys.nearest(key, MISSPELT)
    if near is None:
        return name
    return f"{name} (nearest: {near})"


def find_key(relative: str, path: str, keys: KeyPaths) -> str:
    """Return the whole key of a parameter, of which the path may hold the section already."""
    section = path.rpartition("/")[2]
    whole = f"{section}/{relative}"
    for key in (whole, relative, keys.bare.get(relative, relative)):
        if keys.find(key) is not None or key in keys.needless:
            return key
    if section in keys.branches and "/" not in relative:
        return whole
    return relative


def place_of(parameter: Parameter) -> str:
    """Return where a value stands."""
    return f"{SSM} {parameter.name} (version {parameter.version})"


def passed_over(names: Sequence[str]) -> list[str]:
    """Return a line for the parameters that are other programs'."""
    if not names:
        return []
    shown = ", ".join(names[:MAX_NAMES_SHOWN])
    if len(names) > MAX_NAMES_SHOWN:
        shown += f" and {len(names) - MAX_NAMES_SHOWN} more"
    return [f"{SSM}: passed over, because no setting has such a name: {shown}"]


def read_again(store: ParameterStore, name: str, variable: str) -> Given | None:
    """Return what one parameter gives its variable now, or None where it is gone.

    Raises ParametersUnavailable and ParametersRefused.
    """
    parameter = store.read(name)
    if parameter is None or parameter.value == PLACEHOLDER:
        return None
    again = partial(read_again, store, name, variable)
    return Given(variable, parameter.value, SSM, place_of(parameter), read_again=again)
