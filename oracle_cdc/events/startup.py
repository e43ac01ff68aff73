"""What must be there before events flow: the tables of MariaDB, and a stream that loses nothing."""

from __future__ import annotations

import logging

from oracle_cdc.errors import StoreConfigurationError
from oracle_cdc.mariadb.database import Database
from oracle_cdc.mariadb.tables import create_tables, find_problems
from oracle_cdc.nats.publisher import NatsPublisher

store_logger = logging.getLogger("oracle_cdc.store.startup")
destination_logger = logging.getLogger("oracle_cdc.destination.startup")


class Startup:
    """Looks at each once. Its methods raise what is wrong, and may be called again."""

    def __init__(self, store: Database, publisher: NatsPublisher) -> None:
        self.store = store
        self.publisher = publisher
        self.has_tables = False
        self.has_stream = False

    def ensure_store(self) -> None:
        """Create the tables that are missing in MariaDB, and validate all of them."""
        if self.has_tables:
            return
        created = create_tables(self.store)
        store_logger.info("✅ MariaDB connection successful")
        if created:
            store_logger.info("MariaDB: created tables %s", ", ".join(created))
        require_tables(self.store)
        store_logger.info("✅ MariaDB tables validated")
        self.has_tables = True

    def ensure_stream(self) -> None:
        """Ask the stream about itself, and say what in it endangers events."""
        if self.has_stream:
            return
        for danger in self.publisher.facts().endangered:
            destination_logger.warning("NATS: %s", danger)
        destination_logger.info("✅ NATS connection successful")
        self.has_stream = True


def require_tables(store: Database) -> None:
    """Require the tables as they must be.

    Raises StoreConfigurationError with everything that is wrong with them.
    """
    problems = [str(problem) for problem in find_problems(store)]
    if problems:
        raise StoreConfigurationError(f"MariaDB: {'; '.join(problems)}")
