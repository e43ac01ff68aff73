"""All translations together, as the rest of the package uses them."""

from __future__ import annotations

from oralite.translate import calls, conditions, expressions, queries, rules

#: The files whose nodes the rules know once they are imported.
REGISTERED = (calls, conditions, expressions, queries)

expression = rules.expression
condition = rules.condition
relation = rules.relation
subquery = rules.subquery
