"""The edge to SQS: one client, one file per direction."""
