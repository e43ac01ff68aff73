"""What the commands do for row changes from Oracle to Kinesis."""
