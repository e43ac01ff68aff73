"""The log files of the service, and the lines that each takes."""

from __future__ import annotations

from collections.abc import Mapping

from oracle_cdc.running.log_setup import Lines

#: The name under which timings are logged.
PERFORMANCE = "oracle_cdc.performance"
#: What concerns a database, whichever it is, and what concerns where things are delivered to.
DATABASES = (
    "oracle_cdc.oracle",
    "oracle_cdc.conversations.tables",
    "oracle_cdc.mariadb",
    "oracle_cdc.store",
)
DESTINATIONS = ("oracle_cdc.aws", "oracle_cdc.sqs", "oracle_cdc.nats", "oracle_cdc.destination")
FILES: Mapping[str, Lines] = {
    "cdc_service.log": Lines(),
    "cdc_errors.log": Lines(level="ERROR"),
    "cdc_oracle.log": Lines(DATABASES),
    "cdc_sqs.log": Lines(DESTINATIONS),
    "cdc_performance.log": Lines((PERFORMANCE,)),
}
