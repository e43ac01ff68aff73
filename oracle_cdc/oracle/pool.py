"""The driver's pool of connections, opened once the log-in is known to succeed."""

from __future__ import annotations

import logging
import threading

import oracledb

from oracle_cdc.oracle.login import Login, connect_arguments
from oracle_cdc.settings.sections import OracleSettings

# In the log it is one thing with the database.
logger = logging.getLogger("oracle_cdc.oracle.database")


class Pool:
    """Opens the driver's pool at the first use, and again after it was forgotten.

    Parameters:
        most: the number of connections at a time.
    """

    def __init__(self, settings: OracleSettings, most: int) -> None:
        self.settings = settings
        self.most = most
        self.login = Login(settings)
        self.opened: oracledb.ConnectionPool | None = None
        self.lock = threading.Lock()

    def acquire(self) -> oracledb.Connection:
        """Take a connection out of the pool."""
        return self.open().acquire()

    def open(self) -> oracledb.ConnectionPool:
        """Return the pool, and open it if there is none.

        A single session proves the log-in first, because a pool's worth of refused ones locks the
        account.
        """
        with self.lock:
            if self.opened is None:
                self.login.verify()
                self.opened = oracledb.create_pool(
                    **connect_arguments(self.settings),
                    min=1,
                    max=self.most,
                    increment=1,
                    getmode=oracledb.POOL_GETMODE_TIMEDWAIT,
                    wait_timeout=round(self.settings.pool_wait_seconds * 1000),
                    ping_timeout=round(self.settings.call_timeout_seconds * 1000),
                )
                logger.info("logged in to Oracle, a pool of up to %d sessions is open", self.most)
            return self.opened

    def forget(self) -> None:
        """Close the pool, so that the next use logs in anew.

        A pool with sessions in use is only let go: to close one under the thread that waits for its
        answer crashes the driver.
        """
        with self.lock:
            pool, self.opened = self.opened, None
        if pool is not None:
            try:
                pool.close(force=False)
            except (oracledb.Error, OSError) as error:
                logger.debug("closing the pool failed: %s", type(error).__name__)
