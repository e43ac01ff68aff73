"""Translated statements, kept while the catalog stays as it was."""

from __future__ import annotations

from collections.abc import Hashable

from oralite.catalog.catalog import Catalog
from oralite.translate.plan import Plan

_MOST_PLANS = 2000


class PlanCache:
    """Shared by all sessions. A plan made for an older catalog is not found."""

    def __init__(self) -> None:
        self._plans: dict[Hashable, tuple[int, Plan]] = {}

    def find(self, key: Hashable, catalog: Catalog) -> Plan | None:
        version, plan = self._plans.get(key, (None, None))
        if version == catalog.version:
            return plan
        return None

    def keep(self, key: Hashable, catalog: Catalog, plan: Plan) -> None:
        if len(self._plans) >= _MOST_PLANS:
            self._plans.clear()
        self._plans[key] = (catalog.version, plan)
