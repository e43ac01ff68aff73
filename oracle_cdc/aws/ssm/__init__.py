"""AWS SSM's Parameter Store: settings and secrets."""
