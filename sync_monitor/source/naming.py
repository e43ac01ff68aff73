"""Names the table that Oracle refuses: its code alone says neither which it is nor who asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from oracle_cdc.errors import OracleConfigurationError
from sync_monitor.errors import SourceUnusable, code_of

#: What its codes mean to one who only reads.
MEANINGS: Mapping[str, str] = {
    "ORA-00904": "a column that is asked for is not there; see its time column and keys",
    "ORA-00942": "no such table or synonym, or no SELECT on it for this user",
    "ORA-00980": "its synonym leads nowhere",
    "ORA-01031": "no SELECT on it for this user",
    "ORA-04063": "a view with errors; its owner compiles it",
}
AGAIN = "`python cdc_service.py monitor check` asks again"


@contextmanager
def naming(tables: str) -> Iterator[None]:
    """Turn a refusal inside the block into one that names the tables.

    The remedies of the service, such as `init-tables`, are none of the monitor's.
    """
    try:
        yield
    except OracleConfigurationError as error:
        code = code_of(error)
        if code not in MEANINGS:
            raise
        raise SourceUnusable(code, f"{tables}: {MEANINGS[code]}; {AGAIN}") from error
