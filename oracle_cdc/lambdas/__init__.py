"""Functions of AWS Lambda: row changes from Kinesis to EventBridge, and what looks after them."""
