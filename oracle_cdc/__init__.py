"""Conversations from Oracle to SQS, answers back, and a look into any Oracle.

Nothing is imported before it is asked for.
"""


def __getattr__(name: str) -> object:
    """Return what other programs import from here: OracleDatabase."""
    if name == "OracleDatabase":
        from oracle_cdc.library import OracleDatabase

        return OracleDatabase
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
