"""The processes of a round: the copies of the service, and the database."""
