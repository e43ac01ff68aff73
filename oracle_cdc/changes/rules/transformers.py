"""What of each table is published, and in which form: TABLE_TRANSFORMERS, read and held to models.

TABLE_TRANSFORMERS = {
    "users": {
        "redactFields": ["ssn", "email", "phone"],
        "eventType": "user.changed",
        "includeFields": ["id", "name", "status", "updated_at"],
    },
}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from oracle_cdc.changes.rules.table_models import JsonType, TableModel
from oracle_cdc.errors import SettingsError
from oracle_cdc.redaction.fields import ANY, Fields, normalize_name

SETTING, SECRET = "TABLE_TRANSFORMERS", "REDACTION_HMAC_KEY"
#: Of includeFields: all columns that the model declares.
ALL = "*"
MAX_EVENT_TYPE = 128


class ImageMode(str, Enum):
    """Which columns the two images of an update have."""

    FULL = "full"
    #: Those that differ as they are published.
    CHANGED = "changed"


class Lobs(str, Enum):
    """Which images have large objects."""

    NONE = "none"
    AFTER = "after"


#: Key -> what it may be.
LISTS = ("redactFields", "includeFields", "scanFields", "jsonFields", "hmacFields")
CHOICES: Mapping[str, type[Enum]] = {"imageMode": ImageMode, "lobs": Lobs}
ALLOWED_KEYS = ("eventType", *LISTS, *CHOICES, "skipUnchanged")
#: Lists that no key may stand in: a constant in its place would make all rows one.
REFUSED_FOR_KEYS = ("scanFields", "jsonFields")
IS_KEY = (
    "is a key, by which consumers tell rows apart; allowed: other columns, or the key in hmacFields"
)


@dataclass(frozen=True)
class Transformer:
    """How changes of one table are published. Names of fields are those of the model.

    Parameters:
        event_type: what consumers know these events by.
        include_fields: the columns of both images, None for all that the model declares.
        redact_fields: replaced as a whole, as `redact_sensitive_fields` takes them.
        scan_fields: free text, in which what is personal is marked.
        json_fields: text that is JSON: redacted inside.
        hmac_fields: replaced by a token, the same for equal values, so that a key stays one.
        skip_unchanged: an update that changes nothing of what is published is not published.
    """

    event_type: str
    include_fields: Sequence[str] | None = None
    redact_fields: Sequence[str] = ()
    scan_fields: frozenset[str] = field(default_factory=frozenset)
    json_fields: frozenset[str] = field(default_factory=frozenset)
    hmac_fields: frozenset[str] = field(default_factory=frozenset)
    image_mode: ImageMode = ImageMode.FULL
    skip_unchanged: bool = False
    lobs: Lobs = Lobs.NONE

    @cached_property
    def included(self) -> frozenset[str] | None:
        """Return the included fields for looking them up, None for all."""
        if self.include_fields is None:
            return None
        return frozenset(self.include_fields)

    @cached_property
    def is_by_names(self) -> bool:
        """Return whether a value is replaced for its name alone, never for what stands in it."""
        return not (self.scan_fields or self.json_fields or self.hmac_fields)

    @cached_property
    def redacted(self) -> Fields:
        """Return what replaces the redacted fields of a row."""
        return Fields(self.redact_fields)

    def fields_of(self, model: TableModel) -> Sequence[str]:
        """Return the columns that are published, keys among them or not, in the model's order."""
        if self.include_fields is None:
            return tuple(model.columns)
        return tuple(name for name in model.columns if name in self.include_fields)


def read_transformers(
    document: object,
    models: Mapping[str, TableModel],
    *,
    has_hmac_key: bool = False,
    where: str = SETTING,
) -> Mapping[str, Transformer]:
    """Return the transformers by the names of tables as the models have them.

    Raises SettingsError with every mistake, each with the table that it is in.

    Parameters:
        document: table -> its transformer, with the keys of ALLOWED_KEYS.
        has_hmac_key: whether there is a secret for hmacFields.
        where: what the document is called in mistakes.
    """
    if not isinstance(document, Mapping):
        raise SettingsError(
            f"{where} is a {type(document).__name__}; allowed: table -> transformer"
        )
    mistakes: list[str] = []
    transformers: dict[str, Transformer] = {}
    for given, content in document.items():
        table = find_name(str(given), models)
        if table is None:
            mistakes.append(f"{where}: table {given} has no model; allowed: {listed(models)}")
            continue
        if table in transformers:
            mistakes.append(f"{where}: table {table} is there twice")
        found = list(find_mistakes(content, models[table], has_hmac_key))
        mistakes += [f"{where}: {table}: {mistake}" for mistake in found]
        if not found and isinstance(content, Mapping):
            transformers[table] = make_transformer(content, models[table])
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return transformers


def find_name(given: str, known: Mapping[str, object]) -> str | None:
    """Return the known name that is meant: this very one, or the only one that is like it."""
    if given in known:
        return given
    alike = find_alike(given, known)
    if len(alike) == 1:
        return alike[0]
    return None


def find_alike(given: str, known: Iterable[str]) -> Sequence[str]:
    """Return the names that differ from this one in case, `_`, `-` and blanks at most."""
    return [name for name in known if normalize_name(name) == normalize_name(given)]


def listed(names: Mapping[str, object]) -> str:
    return ", ".join(names) or "none, because there are no models"


def find_mistakes(content: object, model: TableModel, has_hmac_key: bool) -> Iterator[str]:
    """Yield what is wrong with a transformer, each in one sentence that says what is allowed."""
    if not isinstance(content, Mapping):
        yield f"it is a {type(content).__name__}; allowed: an object with {', '.join(ALLOWED_KEYS)}"
        return
    for key in content:
        if key not in ALLOWED_KEYS:
            yield f"{key} means nothing here; allowed: {', '.join(ALLOWED_KEYS)}"
    yield from find_mistakes_of_values(content)
    for key in LISTS:
        for mistake in find_mistakes_of_list(key, content, model):
            yield f"{key}: {mistake}"
    if content.get("hmacFields") and not has_hmac_key:
        yield f"hmacFields needs a secret; allowed: together with {SECRET}"


def find_mistakes_of_values(content: Mapping[str, object]) -> Iterator[str]:
    event_type = content.get("eventType", "")
    if not isinstance(event_type, str):
        yield f"eventType is a {type(event_type).__name__}; allowed: text"
    elif len(event_type) > MAX_EVENT_TYPE:
        yield f"eventType has {len(event_type)} characters; allowed: {MAX_EVENT_TYPE}"
    for key, known in CHOICES.items():
        allowed = [each.value for each in known]
        if key in content and content[key] not in allowed:
            yield f"{key} is {content[key]!r}; allowed: {', '.join(allowed)}"
    if not isinstance(content.get("skipUnchanged", False), bool):
        yield f"skipUnchanged is {content['skipUnchanged']!r}; allowed: True, False"


def find_mistakes_of_list(
    key: str, content: Mapping[str, object], model: TableModel
) -> Iterator[str]:
    names = content.get(key, [])
    if not isinstance(names, (list, tuple)):
        yield f"it is a {type(names).__name__}; allowed: a list of names"
        return
    for name in names:
        if not isinstance(name, str) or is_no_name(name):
            yield f"{name!r} is no name; allowed: {', '.join(model.columns)}"
        elif name == ALL:
            if key != "includeFields":
                yield f"{ALL!r} stands for all in includeFields alone; allowed: names"
            elif len(names) > 1:
                yield f"{ALL!r} stands beside other names; allowed: by itself"
        else:
            yield from find_mistakes_of_name(key, name, content, model)


def is_no_name(name: str) -> bool:
    """Return whether a text can't be meant as a name: a blank at its end would match nothing."""
    return name != ALL and (name != name.strip() or not name.strip(" .*_-"))


def find_mistakes_of_name(
    key: str, name: str, content: Mapping[str, object], model: TableModel
) -> Iterator[str]:
    if key == "redactFields":
        yield from find_mistakes_of_redacted(name, list(documents_of(content)), model)
        return
    column = find_name(name, model.columns)
    if column is None:
        yield f"{name}: no such column; allowed: {', '.join(model.columns)}"
    elif column in model.keys and key in REFUSED_FOR_KEYS:
        yield f"{name} {IS_KEY}"
    elif key == "jsonFields" and model.columns[column].json_type is not JsonType.STRING:
        yield f"{name} is a {model.columns[column].oracle_type}; allowed: columns of text"
    elif key == "scanFields" and model.columns[column].json_type is JsonType.BASE64:
        yield (
            f"{name} is a {model.columns[column].oracle_type}, whose bytes nobody looks through; "
            "allowed: other columns, or this one in redactFields"
        )


def documents_of(content: Mapping[str, object]) -> Iterator[str]:
    """Yield the names of texts that are JSON, as they are given."""
    names = content.get("jsonFields")
    if isinstance(names, (list, tuple)):
        yield from (name for name in names if isinstance(name, str))


def find_mistakes_of_redacted(
    name: str, documents: Sequence[str], model: TableModel
) -> Iterator[str]:
    """Yield what is wrong with a bare name or a path.

    A bare name may also be a member of a document, which no model describes.
    """
    first, *inside = name.split(".")
    if not inside and find_alike(name, model.keys):
        yield f"{name} {IS_KEY}"
    if not all(normalize_name(step.strip()) for step in inside):
        yield f"{name}: a step of it has no name; allowed: a name behind each ."
    is_inside = first == ANY or (not inside and documents)
    if not is_inside and not find_alike(first, model.columns):
        yield f"{name}: no such column; allowed: {', '.join(model.columns)}"
    elif inside and not documents_like(first, documents):
        yield f"{name}: {first} is not in jsonFields; allowed: the column in both, or as a whole"


def documents_like(first: str, documents: Sequence[str]) -> Sequence[str]:
    """Return the documents that the first step of a path names."""
    if first == ANY:
        return documents
    return find_alike(first, documents)


def make_transformer(content: Mapping[str, Any], model: TableModel) -> Transformer:
    """Return a transformer in which no mistake was found."""
    included = content.get("includeFields", [ALL])
    include_fields: Sequence[str] | None = None
    if list(included) != [ALL]:
        include_fields = tuple(resolve(included, model))
    return Transformer(
        event_type=content.get("eventType") or f"{model.table}.changed",
        include_fields=include_fields,
        redact_fields=tuple(content.get("redactFields", ())),
        scan_fields=frozenset(resolve(content.get("scanFields", ()), model)),
        json_fields=frozenset(resolve(content.get("jsonFields", ()), model)),
        hmac_fields=frozenset(resolve(content.get("hmacFields", ()), model)),
        image_mode=ImageMode(content.get("imageMode", ImageMode.FULL)),
        skip_unchanged=content.get("skipUnchanged", False),
        lobs=Lobs(content.get("lobs", Lobs.NONE)),
    )


def resolve(names: Sequence[str], model: TableModel) -> Iterator[str]:
    """Yield the names as the model has them."""
    for name in names:
        found = find_name(name, model.columns)
        assert found is not None, "looked for before"
        yield found
