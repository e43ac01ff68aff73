"""The whole grammar of expressions, conditions and queries, as the rest of the package reads SQL
with it.
"""

from __future__ import annotations

from oralite.parser import conditions, expressions, queries

expression = expressions.expression
operand = expressions.operand
condition = conditions.condition
query = queries.query
