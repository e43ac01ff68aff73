"""The log files of the service for conversations, and the lines that each takes."""

from __future__ import annotations

from collections.abc import Mapping

from oracle_cdc.running.log_setup import Lines

#: The name under which timings are logged.
PERFORMANCE = "oracle_cdc.performance"
FILES: Mapping[str, Lines] = {
    "cdc_service.log": Lines(),
    "cdc_errors.log": Lines(level="ERROR"),
    "cdc_oracle.log": Lines(("oracle_cdc.oracle", "oracle_cdc.conversations.tables")),
    "cdc_sqs.log": Lines(("oracle_cdc.aws", "oracle_cdc.sqs")),
    "cdc_performance.log": Lines((PERFORMANCE,)),
}
