"""The command line of oracle-cdc-sqs: conversations from Oracle to SQS, answers from SQS to Oracle."""

from __future__ import annotations

import sys

from oracle_cdc.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
