"""A genuine HiveServer2: the Thrift server of PyPI's pyspark, with a metastore of its own.

PYSPARK_HOME names the package's folder, which `make test-hive` installs. It needs Java 17 or newer.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from standins.ports import free_port

#: Where pyspark is. Without it there is no server.
HOME = "PYSPARK_HOME"
#: Its class, and the options that make it small and quick to start.
SERVER = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
JAVA_OPTIONS = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
READY_SECONDS = 240.0
POLL_SECONDS = 0.1


class HiveServer:
    """A server as a process, on a free port of the loopback."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.directory / "server.log"

    def command(self) -> list[str]:
        """Return how it is started."""
        home = Path(os.environ[HOME])
        settings = {
            "spark.ui.enabled": "false",
            "spark.sql.shuffle.partitions": "1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.sql.warehouse.dir": str(self.directory / "warehouse"),
            "spark.hadoop.javax.jdo.option.ConnectionURL": (
                f"jdbc:derby:;databaseName={self.directory / 'metastore'};create=true"
            ),
        }
        words = [str(home / "bin" / "spark-submit"), "--class", SERVER, "--master", "local[1]"]
        words += ["--driver-memory", "512m"]
        words += ["--driver-java-options", f"-Dderby.system.home={self.directory} {JAVA_OPTIONS}"]
        for name, value in settings.items():
            words += ["--conf", f"{name}={value}"]
        words += ["spark-internal", "--hiveconf", f"hive.server2.thrift.port={self.port}"]
        return [*words, "--hiveconf", "hive.server2.thrift.bind.host=127.0.0.1"]

    def start(self) -> None:
        """Start it, and wait until it accepts connections. Raises RuntimeError with its log."""
        environment = {**os.environ, "SPARK_HOME": os.environ[HOME], "SPARK_LOCAL_IP": "127.0.0.1"}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, cwd=self.directory, env=environment
            )
        end = time.monotonic() + READY_SECONDS
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                raise RuntimeError(f"hive: {self.log.read_text()[-2000:]}")
            time.sleep(POLL_SECONDS)

    def is_ready(self) -> bool:
        """Return whether it accepts connections."""
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait()
            self.process = None
