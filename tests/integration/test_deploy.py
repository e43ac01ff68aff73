"""The files in deploy/: grants that suffice and give no more, the IAM policy, the systemd unit."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import oracledb
import pytest

from oracle_cdc.commands.conversations.check_on_sqs import RECEIVING, SENDING, STORING
from oracle_cdc.conversations.statements import render
from oracle_cdc.oracle.database import Database
from oracle_cdc.oracle.ddl import read_tables
from oracle_cdc.oracle.schema import create_tables, find_problems, missing_rights
from oracle_cdc.settings.sections import OracleSettings
from oracle_cdc.watching.notify import BEAT_SECONDS
from oralite.script import read_script
from oralite.server import Server
from standins.oracle import DBA, DBA_PASSWORD, SERVICE, SOURCE, SOURCE_DDL
from tests import documents
from tests.policies import POLICY, read_grants, read_statements

DEPLOY = Path(__file__).parents[2] / "deploy"
USER, OWNER, PASSWORD = "oracle_cdc", "cdc_owner", "Cdc-Tiger-42"
UNIT = DEPLOY / "oracle-cdc.service"
MONITOR_UNIT = DEPLOY / "oracle-cdc-monitor.service"
#: Some of what a unit denies itself.
HARDENED = ("NoNewPrivileges", "ProtectSystem", "PrivateTmp", "CapabilityBoundingSet")
each_unit = pytest.mark.parametrize("file", [UNIT, MONITOR_UNIT], ids=lambda file: file.stem)


def statements(name: str) -> list[str]:
    """Return a script's statements as SQL*Plus sends them, its DEFINEs filled in."""
    return [statement.sql for statement in read_script((DEPLOY / name).read_text(encoding="utf-8"))]


@pytest.fixture
def dba() -> Iterator[tuple[Server, oracledb.Connection]]:
    """Set up a database with the source, the service's user and the tables' owner.

    Neither user may do anything yet.
    """
    with (
        Server(None, DBA, DBA_PASSWORD, SERVICE) as server,
        oracledb.connect(user=DBA, password=DBA_PASSWORD, dsn=server.dsn) as connection,
    ):
        execute(connection, *SOURCE_DDL)
        execute(
            connection,
            *[f'CREATE USER {user} IDENTIFIED BY "{PASSWORD}"' for user in (USER, OWNER)],
        )
        yield server, connection


def execute(connection: oracledb.Connection, *scripts: str) -> None:
    with connection.cursor() as cursor:
        for statement in scripts:
            cursor.execute(statement)


def code_of(connection: oracledb.Connection, statement: str) -> str:
    with pytest.raises(oracledb.DatabaseError) as refusal:
        execute(connection, statement)
    return str(refusal.value.args[0].full_code)


def database(server: Server, user: str) -> Database:
    settings = OracleSettings.model_validate(
        {
            "user": user,
            "password": PASSWORD,
            "host": server.host,
            "port": server.port,
            "service_name": SERVICE,
        }
    )
    return Database(settings, render("rtbi.VERINT_TEXT_ANALYSIS", None))


def test_grants_suffice_for_init_tables_and_all_that_follows(
    dba: tuple[Server, oracledb.Connection],
) -> None:
    server, connection = dba
    execute(connection, *statements("oracle_grants.sql"))
    service = database(server, USER)
    with service.session() as session:
        create_tables(session)
        assert find_problems(session, SOURCE) == []
        assert missing_rights(session) == []
    service.close()


def test_grants_can_be_run_again(dba: tuple[Server, oracledb.Connection]) -> None:
    for _ in range(2):
        execute(dba[1], *statements("oracle_grants.sql"))


def test_grants_give_no_right_to_change_the_source_or_to_see_others(
    dba: tuple[Server, oracledb.Connection],
) -> None:
    server, connection = dba
    execute(
        connection,
        *statements("oracle_grants.sql"),
        f"CREATE TABLE {OWNER}.PAYROLL (AMOUNT NUMBER)",
    )
    with oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn) as session:
        assert code_of(session, f"DELETE FROM {SOURCE}") == "ORA-01031"
        assert code_of(session, f"UPDATE {SOURCE} SET BAN = BAN") == "ORA-01031"
        assert code_of(session, f"SELECT * FROM {OWNER}.PAYROLL") == "ORA-00942"
        assert code_of(session, "CREATE USER other IDENTIFIED BY other") == "ORA-01031"


def test_without_the_grants_not_even_the_log_in_works(
    dba: tuple[Server, oracledb.Connection],
) -> None:
    with pytest.raises(oracledb.DatabaseError) as refusal:
        oracledb.connect(user=USER, password=PASSWORD, dsn=dba[0].dsn)
    assert refusal.value.args[0].full_code == "ORA-01045"


def test_grants_on_another_owners_tables_allow_rows_and_no_ddl(
    dba: tuple[Server, oracledb.Connection],
) -> None:
    # Given: the owner made the tables
    server, connection = dba
    execute(connection, f"GRANT CREATE SESSION, CREATE TABLE, CREATE SEQUENCE TO {OWNER}")
    owners = database(server, OWNER)
    with owners.session() as session:
        create_tables(session)
    owners.close()
    # When
    execute(connection, *statements("oracle_grants_other_owner.sql"))
    # Then
    with oracledb.connect(user=USER, password=PASSWORD, dsn=server.dsn) as session:
        for table in read_tables():
            execute(session, f"SELECT * FROM {OWNER}.{table}", f"DELETE FROM {OWNER}.{table}")
            assert code_of(session, f"DROP TABLE {OWNER}.{table}") in ("ORA-01031", "ORA-00942")
        execute(
            session,
            f"INSERT INTO {OWNER}.CDC_PROCESSING_LOG (CALL_ID) VALUES ('1')",
            f"SELECT * FROM {SOURCE}",
        )
        assert code_of(session, "CREATE TABLE MINE (A NUMBER)") == "ORA-01031"


def test_every_table_of_another_owner_has_its_synonym() -> None:
    script = "\n".join(statements("oracle_grants_other_owner.sql"))
    synonyms = re.findall(rf"CREATE OR REPLACE SYNONYM {USER}\.(\w+) FOR {OWNER}\.(\w+)", script)
    assert sorted(synonyms) == sorted((table, table) for table in read_tables())


def test_check_proves_no_right_that_the_policy_does_not_give() -> None:
    actions = {grant.action for grant in read_grants()}
    assert {*SENDING, *RECEIVING, *STORING} <= actions


def test_policy_has_no_wildcard_but_for_the_keys_of_a_folder_of_the_bucket() -> None:
    for action, resource in read_grants():
        assert "*" not in action
        folder, _, rest = resource.partition("*")
        assert not rest
        assert folder == resource or re.fullmatch(r"arn:aws:s3:::[a-z-]+/[a-z]+/", folder)


def test_policy_only_allows() -> None:
    assert {each["Effect"] for each in read_statements().values()} == {"Allow"}


def test_install_page_shows_the_actions_of_the_policy() -> None:
    section = documents.section("docs/install.md", "## 4. Queues and IAM")
    policy = POLICY.read_text(encoding="utf-8")
    action = r"\b(?:sqs|s3|kms|iam):[A-Z]\w+"
    assert set(re.findall(action, section)) == set(re.findall(action, policy))


def read_unit(file: Path) -> ConfigParser:
    parser = ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(file, encoding="utf-8")
    return parser


@pytest.fixture(scope="module")
def unit() -> ConfigParser:
    return read_unit(UNIT)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("Type", "notify"),
        ("RestartPreventExitStatus", "2 3"),
        ("Restart", "always"),
        ("KillSignal", "SIGTERM"),
        ("ExecReload", "/bin/kill -HUP $MAINPID"),
        ("UMask", "0027"),
        ("LimitCORE", "0"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("CapabilityBoundingSet", ""),
    ],
)
def test_unit_says(unit: ConfigParser, key: str, value: str) -> None:
    assert unit["Service"][key] == value


def test_unit_waits_longer_for_the_stop_than_the_service_takes(unit: ConfigParser) -> None:
    assert int(unit["Service"]["TimeoutStopSec"]) > 10


def test_unit_runs_the_service_and_lets_it_write_its_logs(unit: ConfigParser) -> None:
    service = unit["Service"]
    assert service["ExecStart"].endswith("/python cdc_service.py run")
    assert service["ReadWritePaths"] == service["WorkingDirectory"] + "/logs"
    assert service["EnvironmentFile"].startswith("-")


def test_the_watchdog_is_fed_twice_in_its_time(unit: ConfigParser) -> None:
    assert int(unit["Service"]["WatchdogSec"]) >= 2 * BEAT_SECONDS


def test_the_monitors_unit_differs_in_what_it_runs_and_writes_alone(unit: ConfigParser) -> None:
    service, monitor = dict(unit["Service"]), dict(read_unit(MONITOR_UNIT)["Service"])
    assert monitor.pop("ExecStart").endswith("/python cdc_service.py monitor run")
    assert monitor.pop("ReadWritePaths") == monitor["WorkingDirectory"] + "/monitor"
    # Never figures of the stand-in.
    assert monitor.pop("Environment") == "USE_REAL_ORACLE=true"
    assert monitor.pop("EnvironmentFile").startswith("-")
    # It holds no log files, and waits for an Oracle that refuses the log-in.
    assert monitor.pop("RestartPreventExitStatus") == "2"
    for key in (
        "ExecStart",
        "ReadWritePaths",
        "EnvironmentFile",
        "RestartPreventExitStatus",
        "ExecReload",
    ):
        del service[key]
    assert monitor == service
    assert set(HARDENED) <= monitor.keys()


needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not installed here"
)


@needs_systemd
@each_unit
def test_unit_has_nothing_that_it_does_not_need(file: Path) -> None:
    command = ["systemd-analyze", "security", "--offline=true", "--threshold=17", str(file)]
    rated = subprocess.run(command, capture_output=True, text=True, check=False)
    assert rated.returncode == 0, rated.stdout


@needs_systemd
@each_unit
def test_unit_is_understood_by_systemd(tmp_path: Path, file: Path) -> None:
    # Given: the unit with a program that exists on this machine
    copy = tmp_path / file.name
    program = r"^ExecStart=\S+"
    copy.write_text(
        re.sub(program, "ExecStart=/bin/true", file.read_text(), flags=re.MULTILINE),
        encoding="utf-8",
    )
    # Then
    verdict = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False
    )
    assert (verdict.returncode, file.name in verdict.stderr) == (0, False), verdict.stderr
