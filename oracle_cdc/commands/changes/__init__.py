"""Commands of row changes from Oracle to Kinesis."""
