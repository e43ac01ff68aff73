"""From config.py, .env and the environment to Settings; every mistake is found in one go."""

from __future__ import annotations

import difflib
import os
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dotenv.parser import parse_stream
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from oracle_cdc.contradictions import contradictions
from oracle_cdc.errors import SettingsError
from oracle_cdc.owners import tell_owner
from oracle_cdc.settings import Settings

#: Another name of a variable.
ALIASES = {"SQS_INBOUND_QUEUE_URL": "SQS_RESULTS_QUEUE_URL"}
#: What a variable is taken from when no source sets it.
FALLBACKS = {
    "SQS_RESULTS_QUEUE_URL": "SQS_QUEUE_URL",
    "SQS_OUTBOUND_QUEUE_URL": "SQS_QUEUE_URL",
    "AWS_REGION": "AWS_DEFAULT_REGION",
    "ORACLE_CONFIG_DIR": "TNS_ADMIN",
}
#: Read by the tests alone.
TEST_VARIABLES = ("ORACLE_TEST_DSN", "ORACLE_TEST_USER", "ORACLE_TEST_PASSWORD")
#: Names that belong to the Oracle client, to boto3 or to the platform; never complained about.
FOREIGN = re.compile("AWS_.*|NLS_.*|TNS_ADMIN|ORACLE_(HOME|SID|BASE)|SOURCE_DATE_EPOCH")
#: What Kubernetes puts into every container for each service of its namespace, whatever that is called:
#: CDC_SERVICE_HOST, ORACLE_PORT_1521_TCP_ADDR, and ORACLE_PORT with a value that begins with a protocol.
SERVICE_LINK = re.compile(
    r".+_SERVICE_(HOST|PORT(_\w+)?)|.+_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?"
)
LINK_VALUE = re.compile("(tcp|udp|sctp)://")
#: In the environment, which is full of other programs' names, only these are taken for ours.
OURS = re.compile("(CDC|SOURCE|SQS|LOGGING)_")
SECRET = re.compile("PASSWORD|SECRET|TOKEN|KEY|CREDENTIAL|DSN")
#: What looks like a variable's name. A line of a pasted key can have a = in it too, but is neither.
SHOWABLE = re.compile("[A-Z_][A-Z0-9_]{0,59}|[a-z_][a-z0-9_]{0,59}")
MAX_SHOWN_LENGTH = 60
#: How alike a name in the environment, which is none of ours, must be to one that is, to be taken for misspelt.
MISSPELT = 0.9

ENVIRONMENT, DOTENV, PAGE = "the environment", ".env", "config.py"


@dataclass(frozen=True)
class Given:
    """One value as somebody wrote it: under which name and where."""

    name: str
    value: object = field(repr=False)
    place: str

    def show(self) -> str:
        """What was given, unless it is, or may hold, a secret."""
        text = repr(self.value)
        if SECRET.search(self.name) or "@" in text:
            return "given (not shown)"
        return f"given {text if len(text) <= MAX_SHOWN_LENGTH else text[:MAX_SHOWN_LENGTH] + '…'}"


def read_settings(
    environment: Mapping[str, str], env_file: Path, dictionaries: Mapping[str, Mapping[str, object]]
) -> Settings:
    """Merge the sources, the environment first, then .env, then config.py's dictionaries (prefix -> dictionary).

    Raises SettingsError listing every mistake; it never shows a secret.
    """
    written, mistakes = read_env_file(env_file)
    ours = {name: value for name, value in environment.items() if not is_service_link(name, value)}
    page = {
        prefix + str(key).upper(): value
        for prefix, keys in dictionaries.items()
        for key, value in keys.items()
    }
    mistakes += [
        unknown(name, DOTENV)
        for name in sorted(written.keys() - known_names())
        if not is_foreign(name)
    ]
    mistakes += [
        unknown(name, ENVIRONMENT) for name in sorted(ours.keys() - known_names()) if is_ours(name)
    ]
    mistakes += [unknown(name, PAGE) for name in sorted(page.keys() - known_names())]
    settings, wrong = validate(merge(ours, written, page))
    mistakes += wrong
    if mistakes:
        raise SettingsError(
            f"{len(mistakes)} mistakes in the settings:\n"
            + "\n".join(f"  {line}" for line in mistakes)
        )
    return settings.model_copy(
        update={"warnings": (*misspelt(ours), *readable_by_others(env_file))}
    )


def is_foreign(name: str) -> bool:
    return FOREIGN.fullmatch(name) is not None


def is_ours(name: str) -> bool:
    """Whether a name in the environment must be one of ours."""
    return OURS.match(name) is not None and not is_foreign(name)


def is_service_link(name: str, value: str) -> bool:
    """Whether Kubernetes, and nobody else, put it into the environment."""
    has_link = name.endswith("_PORT") and LINK_VALUE.match(value) is not None
    return has_link or (SERVICE_LINK.fullmatch(name) is not None and name not in known_names())


def misspelt(environment: Mapping[str, str]) -> list[str]:
    """What in the environment looks like one of our names, and is not; it is passed over."""
    known = known_names()
    near = {
        name: difflib.get_close_matches(name.upper(), known, n=1, cutoff=MISSPELT)
        for name in sorted(environment.keys() - known)
        if SHOWABLE.fullmatch(name) and not is_foreign(name)
    }
    return [
        f"{name} in {ENVIRONMENT} is passed over: not known; nearest: {found[0]}"
        for name, found in near.items()
        if found
    ]


def readable_by_others(path: Path) -> list[str]:
    """A complaint of a file of passwords that everybody on this host may read; Windows has other rights."""
    if os.name != "posix" or not path.exists() or not path.stat().st_mode & stat.S_IROTH:
        return []
    return [f"{path} can be read by every user of this host, and holds passwords: chmod 600 {path}"]


def read_env_file(path: Path) -> tuple[dict[str, str], list[str]]:
    """Read NAME=value lines as they stand, ${...} included; without the file there are none.

    Raises SettingsError when this user may not read it.
    """
    try:
        with path.open(encoding="utf-8-sig") as stream:
            bindings = list(parse_stream(stream))
    except FileNotFoundError:
        return {}, []
    except (OSError, UnicodeDecodeError) as error:
        # All that it holds would be missing.
        raise SettingsError(
            f"{path}: not readable ({type(error).__name__}); allowed: a UTF-8 file that this user may read"
            f"{tell_owner(path, error)}"
        ) from None
    values = {b.key: b.value for b in bindings if b.key is not None and b.value is not None}
    broken = [
        b.original.line for b in bindings if b.error or (b.key is not None and b.value is None)
    ]
    return values, [f"{DOTENV} line {line}: not understood; allowed: NAME=value" for line in broken]


def variables(model: type[BaseModel] = Settings) -> dict[str, FieldInfo]:
    """Every variable that a model's fields are read from, its sections' included."""
    found: dict[str, FieldInfo] = {}
    for info in model.model_fields.values():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            found |= variables(info.annotation)
        elif (name := str(info.validation_alias)).isupper():
            found[name] = info
    return found


def known_names() -> set[str]:
    """Every variable that may be set, other names and the tests' own included."""
    return {*variables(), *ALIASES, *FALLBACKS.values(), *TEST_VARIABLES}


def unknown(name: str, place: str) -> str:
    """Say that a name is not known, and the nearest that is; never its value, which may be a misspelt secret's."""
    near = difflib.get_close_matches(name.upper(), sorted(known_names()), n=1)
    shown = name if SHOWABLE.fullmatch(name) else "a name that is not shown"
    return f"{shown} in {place}: not known" + (f"; nearest: {near[0]}" if near else "")


def merge(
    environment: Mapping[str, str], written: Mapping[str, str], page: Mapping[str, object]
) -> dict[str, Given]:
    """Every value that counts, by name; the environment wins over .env, .env over config.py; empty is unset."""
    merged = {name: Given(name, value, PAGE) for name, value in page.items() if value is not None}
    for place, source in ((DOTENV, written), (ENVIRONMENT, environment)):
        present = {
            name: Given(name, value, place) for name, value in source.items() if value.strip()
        }
        for alias in ALIASES.keys() & present.keys():
            present.setdefault(ALIASES[alias], present[alias])
        merged |= present
    for name, other in FALLBACKS.items():
        if name not in merged and other in merged and not _is_stale(merged[other]):
            merged[name] = merged[other]
    # A session token of one key pair is worth nothing, and does harm, beside another pair.
    key, token = merged.get("AWS_ACCESS_KEY_ID"), merged.get("AWS_SESSION_TOKEN")
    if key and token and key.place != token.place:
        del merged["AWS_SESSION_TOKEN"]
    return merged


def _is_stale(item: Given) -> bool:
    """Whether it is another program's TNS_ADMIN that leads nowhere, which is none of our business."""
    return item.name == "TNS_ADMIN" and not Path(str(item.value)).is_dir()


def validate(given: Mapping[str, Given]) -> tuple[Settings, list[str]]:
    """Build the settings; in place of what is wrong stand defaults, so that one mistake does not hide another."""
    names = {name: item.value for name, item in given.items()}
    mistakes: dict[str, str] = {}
    try:
        settings = Settings.model_validate(nest(names))
    except ValidationError as error:
        mistakes = dict(explain(error, given))
        settings = Settings.model_validate(nest(repair(names, mistakes)))
    clashes = [
        text for concerned, text in contradictions(settings) if not mistakes.keys() & set(concerned)
    ]
    return settings, list(dict.fromkeys([*mistakes.values(), *clashes]))


def nest(names: Mapping[str, object]) -> dict[str, object]:
    """Sort values by name into the sections of Settings."""
    nested: dict[str, Any] = {}
    for section, info in Settings.model_fields.items():
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            nested[section] = {
                name: names[name] for name in variables(info.annotation) if name in names
            }
        elif (name := str(info.validation_alias)) in names:
            nested[name] = names[name]
    known = variables()
    nested["aws"]["environment"] = {
        name: value
        for name, value in names.items()
        if name.startswith("AWS_") and name not in known
    }
    return nested


def repair(names: Mapping[str, object], wrong: Mapping[str, str]) -> dict[str, object]:
    """Leave out what is wrong, and give what may not be left out a value that passes."""
    stand_ins = {
        name: "http://unset"
        for name, info in variables().items()
        if name in wrong and info.is_required()
    }
    return {name: value for name, value in names.items() if name not in wrong} | stand_ins


def explain(error: ValidationError, given: Mapping[str, Given]) -> Iterator[tuple[str, str]]:
    """Each wrong variable and its line: as the operator knows it, what was given, what is allowed."""
    fields = variables()
    for detail in error.errors(include_url=False, include_input=False):
        name = next(str(part) for part in detail["loc"] if part in fields)
        if name in given:
            context = detail.get("ctx", {})
            allowed = context.get("error") or context.get("expected") or spell(fields[name])
            item = given[name]
            yield name, f"{item.name} in {item.place}: {item.show()}; allowed: {allowed}"
        else:
            yield name, f"{name}: missing; {fields[name].description or 'set it'}"


def spell(info: FieldInfo) -> str:
    """Say in words which values a number or a switch can take."""
    kinds: dict[object, str] = {bool: "true or false", int: "a whole number", float: "a number"}
    words = {"gt": "greater than", "ge": "at least", "le": "at most"}
    bounds = [
        f"{words[sign]} {getattr(each, sign)}"
        for each in info.metadata
        for sign in words
        if hasattr(each, sign)
    ]
    return " ".join([kinds.get(info.annotation, "text"), " and ".join(bounds)]).strip()
