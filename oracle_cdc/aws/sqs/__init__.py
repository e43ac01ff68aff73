"""SQS, and S3 for what is too large for it."""
