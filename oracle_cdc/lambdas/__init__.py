"""Functions of AWS Lambda: row changes from Kinesis to EventBridge, and what looks after them.

What functions of one's own may import from here stands in __all__.
"""

from oracle_cdc.lambdas.data_redactor import redact_sensitive_fields
from oracle_cdc.lambdas.eventbridge_publisher import publish_event
from oracle_cdc.lambdas.kinesis_parser import parse_kinesis_records
from oracle_cdc.lambdas.state_manager import StateManager

__all__ = ["StateManager", "parse_kinesis_records", "publish_event", "redact_sensitive_fields"]
