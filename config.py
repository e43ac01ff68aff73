"""The operator's page: edit the values here, or in config/config.yaml, SSM, .env, the environment.

Those win, each over the ones before it. Every CDC_CONFIG key is also the variable CDC_ + KEY,
every LOGGING_CONFIG key LOGGING_ + KEY, every PUBLISHER_CONFIG key PUBLISHER_ + KEY, which counts
where PIPELINES has events, every MONITOR_CONFIG key MONITOR_ + KEY, which counts for `monitor`.
TABLE_TRANSFORMERS and MONITOR_SYNCS are one variable each as a whole. TABLE_TRANSFORMERS counts
where PIPELINES has changes or processor. .env.example lists them all. A key that is left out takes
its default. What is wrong is listed at start, all of it at once.
"""

from __future__ import annotations

CDC_CONFIG: dict[str, object] = {
    # Normal mode: recent calls
    "normal_mode_enabled": True,
    "normal_mode_minutes": 10,  # minutes before the watermark that are searched again for late rows
    "normal_poll_interval_seconds": 10,  # seconds between cycles, at most 240
    # Historical mode: older calls, once
    "historical_mode_enabled": False,
    # YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS, the source's own time
    "historical_start_date": "2024-01-01",
    "historical_end_date": "",  # the same, not included; empty = where normal mode began
    "historical_batch_size": 50,  # calls claimed at once, 1 to 1000
    "historical_calls_per_second": 0,  # 0 = no limit
    # Processing limits
    "max_batch_size": 50,  # calls claimed at once, 1 to 1000
    "max_batch_bytes": 64 * 1024 * 1024,  # bytes of text held in memory at once
    "max_concurrent_calls": 10,  # SQS requests in flight, 1 to 100
    # When a call is complete
    "settle_seconds": 60,  # seconds without a new segment
    "max_wait_minutes": 120,  # minutes after which a call that still goes on is sent as it is
    "min_segments": 2,  # fewer segments than this: REJECTED_TOO_SHORT
    # A agent, C customer; one of them missing: REJECTED_MISSING_CHANNEL
    "required_channels": "A,C",
    # Claims
    "window_slice_minutes": 60,  # minutes of the source that one search covers
    "lease_seconds": 300,  # seconds after which another copy may take over a claimed call
    "max_attempts": 10,  # times that a call is tried before it is FAILED
    # Reconciliation: a sweep for rows that came later than any window
    "reconcile_hours": 24,  # hours back; 0 = off
    "reconcile_interval_minutes": 15,  # minutes between sweeps
    "reconcile_pause_seconds": 1,  # seconds between the slices of a sweep
    # Results
    "results_wait_seconds": 20,  # seconds of long poll, 0 to 20
    "results_batch_size": 100,  # results written in one transaction, 1 to 1000
    "results_visibility_seconds": 120,  # seconds that a received result is hidden from others
    "result_deadline_minutes": 60,  # minutes after which an unanswered call counts as overdue
    "resend_overdue": 0,  # times that an overdue call is sent again
    # Failures
    "retry_initial_seconds": 1,  # seconds before the second try; doubles
    "retry_max_seconds": 60,  # seconds between tries at most
    "breaker_failures": 5,  # failures in a row after which claiming stops
    "breaker_probe_seconds": 30,  # seconds between probes while it is stopped
    # Health and statistics
    "progress_deadline_seconds": 120,  # seconds without progress after which a loop is given up
    "ready_deadline_seconds": 60,  # seconds since the last success until it is not ready
    "statistics_every_cycles": 10,  # outbound cycles between two statistics blocks
    # Retention
    "retention_days": 90,  # days that rows of the log tables are kept; 0 = for ever
    "ledger_retention_days": 0,  # days that rows of CDC_PROCESSED_CALLS are kept; 0 = for ever
    # This copy's name among all copies
    "instance_id": "",  # empty = host:pid
}

LOGGING_CONFIG: dict[str, object] = {
    "format": "text",  # text or json
    "max_bytes": 50 * 1024 * 1024,  # bytes per file; 0 = not rotated here
    "backup_count": 10,  # older files kept of each
}

PUBLISHER_CONFIG: dict[str, object] = {
    "program_name": "M_INTIMECASEAGENT",  # the row in ETL_PRMREC, and the beginning of every id
    # Which rows
    "schema": "spc",
    "table": "TXLOG_EVENTS",
    "time_column": "CREATED_AT",  # a DATE or TIMESTAMP: when a row came
    "id_column": "ID",  # or several, "A,B"; "ROWID" where there are none
    "columns": (),  # those that events have, such as ("ID", "EVENT_TYPE"); () = all
    "time_zone": None,  # of the time column, such as "Asia/Jerusalem"; None = the database's clock
    # Of the very first run: "beginning", "now", or YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS
    "start": "beginning",
    "share": "1/1",  # n/m: the part of the keys that this copy publishes
    # What an event has beside the row
    "data_type": "TXLOG",
    "add_trace_id": True,
    # Cycles
    "poll_interval_seconds": 60,  # seconds between cycles
    "batch_size": 1000,  # rows of one round trip, and events in flight, 1 to 10000
    "max_records_per_run": 10_000,  # rows after which a cycle ends, and the next begins at once
    # Failures
    "max_retries": 3,  # of an event that is refused for itself; outages never count
    "retry_initial_seconds": 1,  # seconds before the second try; doubles
    "retry_max_seconds": 60,  # seconds between tries at most
    # Rows that are committed late
    "settle_seconds": 2,  # rows younger than this are not read yet
    "slice_seconds": 10,  # seconds of the time column that are counted together
    "overlap_minutes": 10,  # minutes that each cycle looks back
    "reconcile_hours": 24,  # hours that the sweep looks back in the pauses
}

# What becomes of each table's changes: the fields that leave, those of them whose values are
# replaced by [REDACTED], and the name that consumers know the events by. A table that is not here,
# and a field that its model does not have, is never published.
TABLE_TRANSFORMERS: dict[str, dict[str, object]] = {
    "users": {
        "redactFields": ["ssn", "email", "phone"],
        "eventType": "user.changed",
        "includeFields": ["id", "name", "status", "updated_at"],
    },
    "orders": {
        "redactFields": ["payment_details"],
        "eventType": "order.changed",
        "includeFields": ["id", "user_id", "status", "total", "created_at"],
    },
    "agents": {
        "redactFields": [],
        "eventType": "agent.changed",
        "includeFields": ["*"],  # all fields of the model
    },
}

MONITOR_CONFIG: dict[str, object] = {
    # What is no table, such as {"calls": {"kind": "conversations"}}
    "streams": {},
    "mariadb_url": None,  # of streams of events: mariadb://user:password@host:3306/database
    "mariadb_tls_ca_file": None,  # whom its certificate must come from
    "goldengate_login": None,  # of its REST service, "user:password"; better in the environment
    # Looks
    "interval_seconds": 300,  # seconds between two looks at a sync
    "window_days": 30,  # days that the figures are of
    "settle_hours": 2,  # hours in which rows may still reach their own partition
    "promise": "06:00",  # until when a partition must be there: a time of the next day, +90m or +2h
    "confirm_minutes": 15,  # minutes between the first look at a fault and the one that confirms it
    # Limits; those of the gap are SLA_WARNING_GAP_PCT and SLA_CRITICAL_GAP_PCT
    "warning_lag_hours": 4,
    "critical_lag_hours": 8,
    "goal_percent": 99,  # the share of time, or of partitions, that is promised
    # Cost
    "rows_per_hour": 50_000_000,  # rows of one sync that are counted and compared in an hour
    "oracle_sessions": 1,  # sessions on Oracle at once
    "statement_seconds": 60,  # seconds of one statement on either side
    # What all syncs have unless they say otherwise
    "zone": "UTC",  # whose days the partitions are
    "time_column": "UPDATED_AT",
    # Where
    "directory": "monitor",  # of the history, from the working directory
    "lake_directory": None,  # below which targets are; None = lake in the directory
    # Engines of syncs that are not of the embedded lake: secrets, better in the environment
    "trino_url": None,  # http://user@host:8080 or https://user:password@host
    "hive_url": None,  # hive://user@host:10000, hives+ldap://user:password@host, hive+nosasl://...
    # The page
    "host": "127.0.0.1",  # another address needs a token and allowed_hosts
    "token": None,  # 32 characters and more; better in the environment than here
    "allowed_hosts": "",  # names under which the page is asked for, commas between them
    "trust_proxy_user": "",  # a header by which a proxy in front says who was logged in there
    # Notices: the URLs are secrets, better in the environment than here
    "slack_url": None,  # an incoming webhook
    "teams_url": None,  # the webhook of a workflow
    "webhook_url": None,  # anything that takes JSON
    "webhook_token": None,  # what it is shown as Authorization: Bearer
    "mail_url": None,  # smtp://host, smtp+starttls://user:password@host:587, smtps://...
    "mail_from": "monitor@localhost",
    "mail_to": "",  # addresses, commas between them
    "notice_seconds": 10,  # seconds of one notice to one channel
    "page_url": None,  # under which people reach the page, for links
    # Retention
    "looks_retention_days": 90,  # days after which looks are thinned to one an hour
    "figures_retention_days": 400,
}

# Which tables of Oracle should be where in the lake, by names of your own. Without any there is one
# sync, that of ORACLE_TABLE. For example:
#   "orders": {"source": "SALES.ORDERS", "target": "sales/orders", "time_column": "UPDATED_AT",
#              "zone": "Asia/Jerusalem", "promise": "06:00", "loader": "nightly", "owner": "sales"},
MONITOR_SYNCS: dict[str, dict[str, object]] = {}
