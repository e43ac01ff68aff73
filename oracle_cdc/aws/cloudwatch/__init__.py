"""CloudWatch: metrics to it, and the log lines of functions from it."""
