"""The ways of doing one job that are compared: the service's, a bare loop's, one call at a time."""
