"""DynamoDB: who reads which shard, how far, and what a processor has done."""
