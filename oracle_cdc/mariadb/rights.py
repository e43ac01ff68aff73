"""What the user lacks of rights on the tables, as far as MariaDB shows it."""

from __future__ import annotations

from collections.abc import Mapping

from oracle_cdc.mariadb.database import Database

#: What progress is kept by, and what lists, replays and discards what was set aside.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "ETL_PRMREC": ("SELECT", "INSERT", "UPDATE"),
    "ETL_SLICES": ("SELECT", "INSERT", "UPDATE", "DELETE"),
    "ETL_SET_ASIDE": ("SELECT", "INSERT", "UPDATE", "DELETE"),
}


def missing_rights(database: Database) -> list[str]:
    """Return the rights that the user lacks, such as `DELETE on ETL_SLICES`.

    Those of single columns are not seen. Where the user has a role nothing is said.
    """
    (role,) = database.query("read_role")
    if role["ROLE_NAME"] is not None:
        return []
    granted: dict[str, set[str]] = {}
    for row in database.query("read_rights"):
        granted.setdefault(row["TABLE_NAME"], set()).add(row["RIGHT_NAME"])
    missing = []
    for table, rights in NEEDED.items():
        had = granted.get("", set()) | granted.get(table, set())
        for right in rights:
            if right not in had:
                missing.append(f"{right} on {table}")
    return missing
