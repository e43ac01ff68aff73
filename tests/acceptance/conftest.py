"""Fixtures of several files of these tests."""

from __future__ import annotations

from tests.eventfixtures import events_world as events_world
from tests.eventfixtures import mariadb as mariadb
from tests.eventfixtures import nats as nats
from tests.eventfixtures import rows_server as rows_server
from tests.eventfixtures import table as table
