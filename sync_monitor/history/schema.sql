-- Version 1 of the history. Later versions are scripts in migrations/, numbered from 2.
-- Times are UTC as text of one length, so that their order is that of the texts.

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sync (
    name TEXT NOT NULL PRIMARY KEY,
    added_at TEXT NOT NULL,
    removed_at TEXT,
    last_run INTEGER,
    severity TEXT,
    since TEXT,
    looked_at TEXT,
    candidate TEXT,
    candidate_since TEXT,
    candidate_count INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE look (
    run_id INTEGER NOT NULL PRIMARY KEY,
    sync TEXT NOT NULL,
    began TEXT NOT NULL,
    took_microseconds INTEGER NOT NULL,
    triggered_by TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    settings_hash TEXT NOT NULL,
    outcome TEXT NOT NULL,
    severity TEXT NOT NULL,
    findings TEXT NOT NULL,
    figures TEXT,
    oracle_statements INTEGER NOT NULL,
    oracle_rows INTEGER NOT NULL,
    lake_statements INTEGER NOT NULL,
    lake_rows INTEGER NOT NULL,
    error_code TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX look_of_sync ON look (sync, run_id);
CREATE INDEX look_began ON look (sync, began);

-- What a purge took out of the chain: it leads from before_hash to after_hash.
CREATE TABLE anchor (
    number INTEGER NOT NULL PRIMARY KEY,
    first_run INTEGER NOT NULL,
    last_run INTEGER NOT NULL,
    looks INTEGER NOT NULL,
    before_hash TEXT NOT NULL,
    after_hash TEXT NOT NULL,
    purged_at TEXT NOT NULL,
    prev_hash TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;
CREATE INDEX anchor_run ON anchor (first_run);

CREATE TABLE cell (
    sync TEXT NOT NULL,
    partition TEXT NOT NULL,
    begins TEXT NOT NULL,
    ends TEXT NOT NULL,
    state TEXT NOT NULL,
    checked_at TEXT,
    oracle_rows INTEGER,
    lake_rows INTEGER,
    has_partition INTEGER NOT NULL,
    level TEXT NOT NULL,
    differences TEXT,
    differs_since TEXT,
    is_confirmed INTEGER NOT NULL,
    whole_at TEXT,
    buckets_differing INTEGER,
    buckets_all INTEGER,
    PRIMARY KEY (sync, partition)
) STRICT, WITHOUT ROWID;

CREATE TABLE span (
    sync TEXT NOT NULL,
    begins TEXT NOT NULL,
    ends TEXT NOT NULL,
    severity TEXT NOT NULL,
    PRIMARY KEY (sync, begins)
) STRICT, WITHOUT ROWID;

CREATE TABLE issue (
    number INTEGER NOT NULL PRIMARY KEY,
    sync TEXT NOT NULL,
    kind TEXT NOT NULL,
    partition TEXT NOT NULL,
    severity TEXT NOT NULL,
    rows INTEGER NOT NULL,
    opened_at TEXT NOT NULL,
    confirmed_at TEXT,
    closed_at TEXT,
    first_look INTEGER NOT NULL,
    last_look INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX issue_open ON issue (sync, kind, partition) WHERE closed_at IS NULL;
CREATE INDEX issue_of_sync ON issue (sync, opened_at);
CREATE INDEX issue_closed ON issue (closed_at);

CREATE TABLE notice (
    number INTEGER NOT NULL PRIMARY KEY,
    issue INTEGER NOT NULL REFERENCES issue (number),
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    due_at TEXT NOT NULL,
    sent_at TEXT,
    ended_at TEXT,
    tries INTEGER NOT NULL,
    result TEXT NOT NULL
) STRICT;
CREATE INDEX notice_due ON notice (due_at) WHERE ended_at IS NULL;
CREATE INDEX notice_of_issue ON notice (issue, number);

CREATE TABLE silence (
    number INTEGER NOT NULL PRIMARY KEY,
    sync TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    begins TEXT NOT NULL,
    ends TEXT NOT NULL
) STRICT;
CREATE INDEX silence_end ON silence (ends);

CREATE TABLE triage (
    number INTEGER NOT NULL PRIMARY KEY,
    sync TEXT NOT NULL,
    run_id INTEGER NOT NULL,
    source TEXT NOT NULL,
    model TEXT NOT NULL,
    payload_key TEXT NOT NULL,
    payload TEXT NOT NULL,
    answer TEXT NOT NULL,
    asked_at TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL
) STRICT;
CREATE INDEX triage_of_sync ON triage (sync, number);
CREATE INDEX triage_key ON triage (payload_key);
CREATE INDEX triage_asked ON triage (asked_at);

-- What heals each confirmed issue, as it was written when it was measured last.
CREATE TABLE runbook (
    issue INTEGER NOT NULL PRIMARY KEY REFERENCES issue (number),
    run_id INTEGER NOT NULL,
    dialect TEXT NOT NULL,
    text TEXT NOT NULL,
    void_after TEXT NOT NULL
) STRICT;
