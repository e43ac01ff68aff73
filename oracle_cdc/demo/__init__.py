"""What each demo needs: child processes, the Oracle stand-in, the service, what is shown."""
