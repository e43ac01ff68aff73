"""Fields of records replaced, for functions of one's own beside the processor.

redact_sensitive_fields(record, fields=["ssn", "email"], replacement="[REDACTED]")
"""

from __future__ import annotations

from oracle_cdc.redaction.fields import REPLACEMENT, redact_sensitive_fields

__all__ = ["REPLACEMENT", "redact_sensitive_fields"]
