"""Sections that more than one product has: frozen values with their bounds and defaults."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field, SecretStr

from oracle_cdc.settings.declaration import (
    AllOthers,
    Fallback,
    OnlyBeside,
    Rule,
    Section,
    prefixed,
)
from oracle_cdc.settings.kinds import (
    ConnectString,
    Directory,
    File,
    Level,
    LogDirectory,
    Name,
    NatsServers,
    OracleUser,
    Region,
    SsmPath,
    StreamName,
    SubjectTemplate,
    Url,
    is_there,
)


def is_directory(value: object) -> bool:
    """Return whether a directory is there."""
    # Another program's TNS_ADMIN that leads nowhere is not our business.
    return is_there(str(value), stat.S_ISDIR)


def no_address(name: str, value: str | None, dsn: str | None) -> Iterator[str]:
    """Require a value that only a whole connect string replaces."""
    if value is None and dsn is None:
        yield f"{name}: missing; set it, or ORACLE_DSN with a whole connect string"


def half_a_pair(key_id: str | None, secret: SecretStr | None) -> Iterator[str]:
    """Require both keys or neither."""
    missing, present = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
    if secret is None:
        missing, present = present, missing
    if (key_id is None) != (secret is None):
        yield f"{missing}: missing; {present} needs it (or set neither, to use a role or profile)"


def token_without_keys(
    token: SecretStr | None, key_id: str | None, secret: SecretStr | None
) -> Iterator[str]:
    """Require keys beside a session token."""
    if token is not None and key_id is None and secret is None:
        yield (
            "AWS_SESSION_TOKEN: given without AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            "which it belongs to"
        )


def several_log_ins(*given: object) -> Iterator[str]:
    """Require one way to log in at most. `given` are the values of NATS_LOG_INS."""
    named = []
    for name, value in zip(NATS_LOG_INS, given, strict=True):
        if value is not None:
            named.append(name)
    if len(named) > 1:
        yield f"{named[0]}: given beside {', '.join(named[1:])}; set one of them"


def half_a_log_in(user: str | None, password: SecretStr | None) -> Iterator[str]:
    """Require user and password, or neither."""
    missing, present = "NATS_USER", "NATS_PASSWORD"
    if password is None:
        missing, present = present, missing
    if (user is None) != (password is None):
        yield f"{missing}: missing; {present} needs it"


def half_a_certificate(certificate: str | None, key: str | None) -> Iterator[str]:
    """Require a certificate of ours and its key, or neither."""
    missing, present = "NATS_TLS_CERT_FILE", "NATS_TLS_KEY_FILE"
    if key is None:
        missing, present = present, missing
    if (certificate is None) != (key is None):
        yield f"{missing}: missing; {present} needs it"


#: The ways to log in to NATS, of which one is used.
NATS_LOG_INS = ("NATS_USER", "NATS_TOKEN", "NATS_CREDS_FILE", "NATS_NKEY_FILE")


class OracleSettings(Section):
    """How to reach Oracle: dsn, or else host, port and service_name.

    client_lib_dir turns thick mode on.
    """

    model_config = prefixed("ORACLE_")
    foreign = "NLS_.*|TNS_ADMIN|ORACLE_(HOME|SID|BASE)"
    section_names = ("oracle", "oracle_db")
    also_keyed: ClassVar[Mapping[str, str]] = {"username": "ORACLE_USER"}
    needless_keys = ("pool_size", "pool_min", "pool_max", "pool_increment")
    bare_keys = ("host", "port", "service_name", "username", "password", "schema", "tables")
    #: What `extract` reads unless its arguments say otherwise.
    also_known = ("ORACLE_SCHEMA", "ORACLE_TABLES")
    comma_texts = ("ORACLE_TABLES",)
    rules = (
        Rule(("ORACLE_HOST", "ORACLE_DSN"), partial(no_address, "ORACLE_HOST")),
        Rule(("ORACLE_SERVICE_NAME", "ORACLE_DSN"), partial(no_address, "ORACLE_SERVICE_NAME")),
    )

    user: OracleUser
    password: SecretStr
    host: Name | None = None
    port: int = Field(default=1521, ge=1, le=65_535)
    service_name: Name | None = None
    dsn: ConnectString | None = None
    config_dir: Annotated[Directory | None, Fallback("TNS_ADMIN", is_directory)] = None
    wallet_dir: Directory | None = None
    wallet_password: SecretStr | None = None
    client_lib_dir: Directory | None = None
    #: Never 0, which the driver takes for "wait for ever".
    call_timeout_seconds: float = Field(default=30.0, ge=0.1, le=3600)
    connect_timeout_seconds: float = Field(default=10.0, ge=0.1, le=600)
    keepalive_minutes: int = Field(default=2, ge=0, le=1440)
    pool_wait_seconds: float = Field(default=10.0, ge=0.1, le=600)


class AwsSettings(Section):
    """How to reach AWS. What is None is left to boto3's own chain (profile, role, container ...).

    environment: the other AWS_* variables (AWS_PROFILE, AWS_CA_BUNDLE ...) wherever they were
    written. boto3 reads them from the process's environment only, so whoever makes a client puts
    them there first.
    """

    model_config = prefixed("AWS_")
    section_names = ("aws",)
    rules = (
        Rule(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), half_a_pair),
        Rule(
            ("AWS_SESSION_TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
            token_without_keys,
        ),
    )

    region: Annotated[Region | None, Fallback("AWS_DEFAULT_REGION")] = None
    access_key_id: str | None = Field(default=None, repr=False)
    secret_access_key: SecretStr | None = None
    #: A token of one pair of keys is worth nothing, and does harm, beside another pair.
    session_token: Annotated[SecretStr | None, OnlyBeside("AWS_ACCESS_KEY_ID")] = None
    endpoint_url: Url | None = None
    environment: Annotated[Mapping[str, str], AllOthers("AWS_")] = Field(
        default_factory=dict, repr=False
    )


class SsmSettings(Section):
    """Where parameters are read from AWS SSM. path None: it is not asked."""

    model_config = prefixed("SSM_")
    section_names = ("ssm",)

    path: SsmPath | None = None
    timeout_seconds: float = Field(default=5.0, ge=0.1, le=20)


class NatsSettings(Section):
    """How to reach NATS and the stream that takes the events.

    subject: a template, {COLUMN} in it stands for a column's value.
    ack_timeout_seconds: for the answer to each message.
    create_stream: where it is missing.
    """

    model_config = prefixed("NATS_")
    section_names = ("nats",)
    rules = (
        Rule(NATS_LOG_INS, several_log_ins),
        Rule(("NATS_USER", "NATS_PASSWORD"), half_a_log_in),
        Rule(("NATS_TLS_CERT_FILE", "NATS_TLS_KEY_FILE"), half_a_certificate),
    )

    servers: NatsServers
    stream: StreamName = "TXLOG_STREAM"
    subject: SubjectTemplate = "txlog.events"
    user: str | None = None
    password: SecretStr | None = None
    token: SecretStr | None = None
    creds_file: File | None = None
    nkey_file: File | None = None
    tls_ca_file: File | None = None
    tls_cert_file: File | None = None
    tls_key_file: File | None = None
    connect_timeout_seconds: float = Field(default=5.0, ge=0.1, le=600)
    ack_timeout_seconds: float = Field(default=5.0, ge=0.1, le=600)
    create_stream: bool = False


class MariaDbSettings(Section):
    """How to reach the MariaDB that keeps the progress.

    tls_ca_file: whom the server's certificate must come from. None: nobody looks at it.
    """

    model_config = prefixed("MARIADB_")
    section_names = ("mariadb",)
    also_keyed: ClassVar[Mapping[str, str]] = {"username": "MARIADB_USER"}
    needless_keys = ("pool_size", "pool_name", "pool_increment", "charset", "autocommit")

    host: Name
    port: int = Field(default=3306, ge=1, le=65_535)
    database: Name = "etl_tracking"
    user: str
    password: SecretStr
    tls_ca_file: File | None = None
    connect_timeout_seconds: float = Field(default=5.0, ge=0.1, le=600)
    read_timeout_seconds: float = Field(default=30.0, ge=0.1, le=3600)


class LoggingSettings(Section):
    """The log files. max_bytes 0: they are not rotated here (logrotate and SIGHUP do it).

    directory None: there are none, stderr has every line.
    """

    model_config = prefixed("LOGGING_")
    own_prefix = "LOGGING_"
    section_names = ("logging",)
    also_keyed: ClassVar[Mapping[str, str]] = {
        "level": "LOG_LEVEL",
        "dir": "LOG_DIR",
        "directory": "LOG_DIR",
    }
    #: A pattern of Python's own logging.
    foreign_values: ClassVar[Mapping[str, str]] = {"LOGGING_FORMAT": r"%\(\w+\)"}

    level: Level = Field(default="INFO", validation_alias="LOG_LEVEL")
    directory: LogDirectory = Field(default=Path("logs"), validation_alias="LOG_DIR")
    format: Literal["text", "json"] = "text"
    max_bytes: int = Field(default=52_428_800, ge=0)
    backup_count: int = Field(default=10, ge=1, le=1000)
