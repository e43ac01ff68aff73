"""Stand-ins that tests, bench and chaos share: what plays Oracle, SQS and AWS on loopback."""
