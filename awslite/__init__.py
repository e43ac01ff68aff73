"""A stand-in for Kinesis, EventBridge and DynamoDB on loopback, for what no emulator does."""
