"""The service: conversations from Oracle to SQS, answers from SQS to Oracle."""
