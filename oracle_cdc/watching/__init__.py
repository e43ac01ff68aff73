"""What others see of a running program: readiness, health, metrics, the service manager."""
