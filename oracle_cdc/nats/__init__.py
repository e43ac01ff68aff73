"""Events to a stream of NATS JetStream. The only room of the service that imports `nats`."""
