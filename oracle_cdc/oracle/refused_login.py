"""When a refused log-in ends the process: before repeated ones lock the account."""

from __future__ import annotations

from oracle_cdc.errors import ExitCode, OracleCredentialsError
from oracle_cdc.oracle.database import Database
from oracle_cdc.running.service import Fatal


def refuse(database: Database, error: OracleCredentialsError) -> None:
    """Raise Fatal for bad credentials after the second try: more of them lock the account."""
    if database.password.is_final:
        raise Fatal(
            ExitCode.ORACLE, f"{error}; ending, because repeated log-ins lock the account"
        ) from error
    raise error
