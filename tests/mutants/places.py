"""Where the code stands that is mutated, and where its tests do: a move is mended here, once."""

from __future__ import annotations

# Rules
ASSEMBLY = "oracle_cdc.conversations.rules.assembly"
CLAIMS = "oracle_cdc.conversations.rules.claims"
DECIDING = "oracle_cdc.conversations.outbound.deciding"
ENVELOPES = "oracle_cdc.conversations.rules.envelopes"
EVIDENCE = "oracle_cdc.running.evidence"
TRYING = "oracle_cdc.running.halving"
FINGERPRINT = "oracle_cdc.conversations.rules.fingerprint"
FITTING = "oracle_cdc.conversations.outbound.fitting"
MESSAGES = "oracle_cdc.conversations.rules.messages"
PACKING = "oracle_cdc.aws.sqs.packing"
WINDOWS = "oracle_cdc.conversations.rules.windows"

# Row changes
CHANGE_RULES = "oracle_cdc.changes.rules"
CHANGE_LANES = "oracle_cdc.changes.lanes"
CHANGE_OUTBOUND = "oracle_cdc.changes.outbound"

# Events
ENCODING = "oracle_cdc.events.rules.encoding"
SUBJECTS = "oracle_cdc.events.rules.subjects"

# Outbound
CAPTURE = "oracle_cdc.conversations.outbound.cycle.Capture"
CLAIMING = "oracle_cdc.conversations.outbound.claiming.Claiming"
ENDINGS_AND_RETRIES = "oracle_cdc.conversations.outbound.endings_and_retries"
RETRY_LIMITS = "oracle_cdc.conversations.outbound.retry_limits"
LANES = "oracle_cdc.conversations.outbound.lanes"
READING = "oracle_cdc.conversations.outbound.reading"
REPLAY = "oracle_cdc.conversations.replay"
REPLAY_RESULTS = "oracle_cdc.conversations.replay_results"
SEARCHING = "oracle_cdc.conversations.outbound.searching"
SENDER = "oracle_cdc.conversations.outbound.sending.Sender"
SETTLING = "oracle_cdc.conversations.outbound.settling"
TURN = "oracle_cdc.conversations.outbound.turn.Turn"
TURNS = "oracle_cdc.conversations.outbound.turns"

# Inbound
SORTING = "oracle_cdc.conversations.inbound.sorting"
RECORDING = "oracle_cdc.conversations.inbound.recording.Recording"
ANSWER_WRITER = "oracle_cdc.conversations.inbound.writing.AnswerWriter"
RESULTS = "oracle_cdc.conversations.inbound.cycle"

# Chores
BACKFILL = "oracle_cdc.conversations.chores.backfill.Backfill"
HOUSEKEEPING = "oracle_cdc.conversations.chores.housekeeping.Housekeeping"
JOB_SEARCH = "oracle_cdc.conversations.chores.job_search"
JOB_REQUESTS = "oracle_cdc.conversations.chores.job_requests"
RECONCILIATION = "oracle_cdc.conversations.chores.reconcile.Reconciliation"
SWEEP = "oracle_cdc.conversations.chores.sweep"

# Tables
ENDINGS = "oracle_cdc.conversations.tables.endings"
HEARTBEAT = "oracle_cdc.conversations.tables.heartbeat"
JOURNAL = "oracle_cdc.conversations.tables.journal"
LEASES = "oracle_cdc.conversations.tables.leases"
LEDGER = "oracle_cdc.conversations.tables.ledger"
ROW_LOCK = "oracle_cdc.conversations.tables.row_lock"
SEGMENTS = "oracle_cdc.conversations.tables.segments"
SUMMARIES = "oracle_cdc.conversations.tables.summaries"
SQL = "oracle_cdc/conversations/tables/"

# Oracle
CLOCK = "oracle_cdc.oracle.clock"
COMMITTING = "oracle_cdc.oracle.session.committing"
CONNECTION = "oracle_cdc.oracle.connection.Connection"
DATABASE = "oracle_cdc.oracle.database.Database"
POOL = "oracle_cdc.oracle.pool.Pool"
PLACES = "oracle_cdc.oracle.session_limit.Places"
QUERIES = "oracle_cdc.oracle.queries"
ROW_KEYS = "oracle_cdc.oracle.row_keys"
ROW_READING = "oracle_cdc.oracle.row_reading"
ROW_SHAPE = "oracle_cdc.oracle.row_shape"
ROW_SQL = "oracle_cdc.oracle.row_sql"
SESSION = "oracle_cdc.oracle.session.Session"

# MariaDB
MARIADB = "oracle_cdc.mariadb"
MARIADB_SQL = "oracle_cdc/mariadb/queries.sql"

# AWS
AWS = "oracle_cdc.aws.session"
INBOUND = "oracle_cdc.aws.sqs.inbound.Inbound"
ATTEMPTS = "oracle_cdc.aws.sqs.halving"
PARALLEL = "oracle_cdc.aws.sqs.parallel"
OUTBOUND = "oracle_cdc.aws.sqs.outbound"
OVERFLOW = "oracle_cdc.aws.sqs.overflow"
PLAIN_JSON = "oracle_cdc.aws.plain_json"
REQUESTS = "oracle_cdc.aws.sqs.requests"
SQS_CLIENT = "oracle_cdc.aws.sqs.client"
SSM = "oracle_cdc.aws.ssm"

# NATS
NATS = "oracle_cdc.nats"

# Running and watching
DEPENDENCIES = "oracle_cdc.running.dependencies"
FILES = "oracle_cdc.running.files"
HEALTH = "oracle_cdc.watching.health_endpoint"
LOG_SETUP = "oracle_cdc.running.log_setup"
ROTATING = "oracle_cdc.running.log_rotation"
LOCK = "oracle_cdc.running.lock"
PAUSES = "oracle_cdc.running.pauses.Pauses"
PERSISTENCE = "oracle_cdc.oracle.persistence.Persistence"
PRIVACY = "oracle_cdc.running.privacy"
PROGRESS = "oracle_cdc.running.progress.Progress"
READINESS_REASONS = "oracle_cdc.conversations.readiness_reasons"
REPEATS = "oracle_cdc.running.repeats.RepeatLimiter"
CIRCUIT_BREAKER = "oracle_cdc.running.breaker.Breaker"
RETRYING = "oracle_cdc.running.retrying"
LOG_IN_REFUSALS = "oracle_cdc.running.log_in_refusals.Refusals"
ROTATION = "oracle_cdc.running.secret_rotation"
SERVICE = "oracle_cdc.running.service"

# Settings and commands
CONTRADICTIONS = "oracle_cdc.conversations.contradictions"
PATIENCE = "oracle_cdc.settings.patience"
LAYERS = "oracle_cdc.settings"
SETTINGS = "oracle_cdc.conversations.settings"
STARTUP = "oracle_cdc.conversations.startup"
CLI = "oracle_cdc.cli"
COMMANDS = "oracle_cdc.commands.conversations"
EXTRACTION = "oracle_cdc.extraction"
EXACT = "oracle_cdc.oracle.exact_rows"
TERMINAL = "oracle_cdc.running.terminal"
CHANGES = "oracle_cdc.changes.capture"

# The stand-in
ORALITE_CONVERSATION = "oralite.conversation"
ORALITE_DDL = "oralite.ddl"
ORALITE_ENGINE = "oralite.sql.database.Database"
ORALITE_FITTING = "oralite.functions.fitting"
ORALITE_LOCKS = "oralite.storage.locks"
ORALITE_PARKING = "oralite.storage.parking.ParkedChanges"
ORALITE_READER = "oralite.sql.reading.Reader"
ORALITE_RECORDING = "oralite.storage.recording"
ORALITE_RUNNING = "oralite.sql.running"
ORALITE_RIGHTS = "oralite.catalog.rights.Rights"
ORALITE_SEQUENCES = "oralite.storage.sequences"
ORALITE_SESSION = "oralite.sql.sqlsession.SqlSession"
ORALITE_TRANSACTION = "oralite.storage.transaction.Transaction"
ORALITE_TRANSLATE = "oralite.translate"
ORALITE_TRANSPORT = "oralite.protocol.transport"
ORALITE_WRITER = "oralite.sql.writing.Writer"


def named(file: str, *tests: str) -> tuple[str, ...]:
    """Return the ids of tests of a file, or of all when none is named."""
    path = f"tests/{file}.py"
    if not tests:
        return (path,)
    return tuple(f"{path}::test_{test}" for test in tests)
