-- Every statement of the service. {source} is the checked name of the source table, {now} the database's clock in the
-- source's own time (a plain TIMESTAMP: beside a TIMESTAMP column nothing else keeps its index), {ids} a list of binds,
-- {accounted} the newest TEXT_TIME that the ledger's row `l` accounts for, {times} what a source row `s` adds to the number
-- that tells a call's TEXT_TIMEs (fingerprint.py). The DDL stands in init_oracle_tables.sql.
-- The driver brings times to the microsecond, cut off; a column may be finer. So a column is newer than what came by the
-- driver only by a microsecond or more. (A difference: a sum might leave the calendar.)
-- Where a time is due or ends, NULL is a time that has passed.

-- find_work --
-- The mode's row, and the calls to claim: what is due in the ledger, and what the window nominates and the ledger does not
-- account for. Counts and times are over all rows of a call; those ahead of the clock's horizon do not count for quiet.
-- A thorough search also finds calls with as many rows as were read, at other times: rows that were replaced. NULL is not
-- known, which is no difference. The anti-join comes before the row limit. One row without a call when there is nothing to do.
-- Times that the driver can't bring, those before the year 1, come as {first_time}: one of them must not end a search. Nor
-- must a ledger row whose CALL_ID is no number; it names no call.
SELECT
  m.IS_ENABLED,
  m.LAST_PROCESSED_TIMESTAMP AS WATERMARK,
  m.COVERAGE_START,
  {now} AS NOW_TIME,
  SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_TIME,
  w.CALL_ID,
  w.IS_DUE,
  w.OLDEST_TIME,
  w.ROWS_FOUND,
  GREATEST(w.NEWEST_TIME, {first_time}) AS NEWEST_TIME,
  GREATEST(w.FIRST_TIME, {first_time}) AS FIRST_TIME,
  GREATEST(w.LAST_TIME, {first_time}) AS LAST_TIME,
  w.STATE,
  NVL(w.REVISION, (SELECT d.REVISION FROM DICTA_CALL_SUMMARY d WHERE d.CALL_ID = w.CALL_ID)) AS REVISION,
  w.SENT_REVISION,
  w.ROWS_READ,
  GREATEST(w.NEWEST_READ, {first_time}) AS NEWEST_READ,
  w.CONTENT_HASH,
  GREATEST(w.ASSEMBLED_AT, {first_time}) AS ASSEMBLED_AT,
  GREATEST(w.SENT_AT, {first_time}) AS SENT_AT,
  GREATEST(w.JUDGED_AT, {first_time}) AS JUDGED_AT,
  GREATEST(w.NEWEST_SENT, {first_time}) AS NEWEST_SENT,
  w.VERSION,
  w.ATTEMPTS,
  w.TAKEOVERS,
  w.RESEND
FROM CDC_PROCESSING_STATUS m
LEFT JOIN (
  SELECT
    TO_CHAR(c.CALL_ID) AS CALL_ID,
    c.IS_DUE,
    c.OLDEST_TIME,
    c.ROWS_FOUND,
    c.NEWEST_TIME,
    c.FIRST_TIME,
    c.LAST_TIME,
    l.STATE,
    l.REVISION,
    l.SENT_REVISION,
    l.ROWS_READ,
    NVL(l.NEWEST_READ, l.TEXT_TIME) AS NEWEST_READ,
    l.CONTENT_HASH,
    l.ASSEMBLED_AT,
    l.SENT_AT,
    l.JUDGED_AT,
    l.TEXT_TIME AS NEWEST_SENT,
    CASE WHEN l.CALL_ID IS NULL THEN -1 ELSE NVL(l.VERSION, 0) END AS VERSION,
    NVL(l.ATTEMPTS, 0) AS ATTEMPTS,
    NVL(l.TAKEOVERS, 0) AS TAKEOVERS,
    CASE
      WHEN c.IS_DUE = 0 AND :resend_job IS NOT NULL THEN 'ASKED'
      WHEN l.RESEND = 'OVERDUE' AND l.SUMMARIZED_REVISION >= l.SENT_REVISION THEN NULL
      ELSE l.RESEND
    END AS RESEND
  FROM (
    SELECT
      n.CALL_ID,
      n.IS_DUE,
      n.OLDEST_TIME,
      COUNT(s.CALL_ID) AS ROWS_FOUND,
      MAX(s.TEXT_TIME) AS NEWEST_TIME,
      SUM(CASE WHEN :is_thorough = 1 THEN {times} END) AS TIMES_FOUND,
      MIN(CASE WHEN s.TEXT_TIME <= {now} + NUMTODSINTERVAL(:horizon_minutes, 'MINUTE') THEN s.TEXT_TIME END) AS FIRST_TIME,
      MAX(CASE WHEN s.TEXT_TIME <= {now} + NUMTODSINTERVAL(:horizon_minutes, 'MINUTE') THEN s.TEXT_TIME END) AS LAST_TIME
    FROM (
      SELECT due.CALL_ID, 1 AS IS_DUE, CAST(NULL AS TIMESTAMP) AS OLDEST_TIME
      FROM (
        SELECT TO_NUMBER(CALL_ID) AS CALL_ID
        FROM CDC_PROCESSED_CALLS
        WHERE STATE IN ('OPEN', 'LEASED')
        AND {names_a_call}
        AND (
          DUE_AT <= SYS_EXTRACT_UTC(SYSTIMESTAMP)
          OR DUE_AT > SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(2, 'DAY')
        )
        AND EXISTS (SELECT 1 FROM CDC_PROCESSING_STATUS WHERE TABLE_NAME = 'CDC_NORMAL_MODE' AND IS_ENABLED = 1)
        ORDER BY DUE_AT
        FETCH FIRST :due_limit ROWS ONLY
      ) due
      UNION ALL
      SELECT endless.CALL_ID, 1 AS IS_DUE, CAST(NULL AS TIMESTAMP) AS OLDEST_TIME
      FROM (
        SELECT TO_NUMBER(CALL_ID) AS CALL_ID
        FROM CDC_PROCESSED_CALLS
        WHERE STATE IN ('OPEN', 'LEASED')
        AND {names_a_call}
        AND DUE_AT IS NULL
        AND EXISTS (SELECT 1 FROM CDC_PROCESSING_STATUS WHERE TABLE_NAME = 'CDC_NORMAL_MODE' AND IS_ENABLED = 1)
        FETCH FIRST :due_limit ROWS ONLY
      ) endless
      UNION ALL
      SELECT CALL_ID, 0 AS IS_DUE, MIN(TEXT_TIME) AS OLDEST_TIME
      FROM {source}
      WHERE TEXT_TIME >= :window_start
      AND TEXT_TIME < :window_end
      GROUP BY CALL_ID
    ) n
    LEFT JOIN {source} s ON s.CALL_ID = n.CALL_ID
    GROUP BY n.CALL_ID, n.IS_DUE, n.OLDEST_TIME
  ) c
  LEFT JOIN CDC_PROCESSED_CALLS l ON l.CALL_ID = TO_CHAR(c.CALL_ID)
  WHERE c.IS_DUE = 1
  OR l.CALL_ID IS NULL
  OR (
    NVL(l.STATE, 'SENT') NOT IN ('OPEN', 'LEASED')
    AND (
      c.ROWS_FOUND > l.ROWS_READ
      OR (c.ROWS_FOUND = l.ROWS_READ AND c.TIMES_FOUND <> l.TIMES_READ)
      OR (c.NEWEST_TIME > {accounted} AND c.NEWEST_TIME - {accounted} >= INTERVAL '0.000001' SECOND)
      OR (:resend_job IS NOT NULL AND NVL(l.JOB_ID, '-') <> :resend_job)
    )
  )
  ORDER BY c.IS_DUE DESC, c.OLDEST_TIME, c.CALL_ID
  FETCH FIRST :call_limit ROWS ONLY
) w ON m.IS_ENABLED = 1
WHERE m.TABLE_NAME = :mode_name

-- find_ids --
-- The same search, for ids alone: after one that failed, because of a value in it or not.
SELECT IS_ENABLED, WATERMARK, COVERAGE_START, NOW_TIME, UTC_TIME, CALL_ID, IS_DUE
FROM ({find_work})

-- fail_unsearchable --
-- A call that no search can bring: FAILED, its rows accounted for without being fetched, and without what can't be read.
UPDATE CDC_PROCESSED_CALLS
SET STATE = 'FAILED',
  PROCESSED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP),
  ROWS_READ = GREATEST(
    CASE WHEN SENT_REVISION IS NULL THEN 0 ELSE NVL(ROWS_READ, 0) END,
    (SELECT COUNT(*) FROM {source} WHERE CALL_ID = TO_NUMBER(:call_id))
  ),
  TIMES_READ = NULL,
  JUDGED_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP),
  NEWEST_READ = (SELECT MAX(TEXT_TIME) FROM {source} WHERE CALL_ID = TO_NUMBER(:call_id)),
  CONTENT_HASH = NULL,
  ASSEMBLED_AT = NULL,
  DUE_AT = NULL,
  LEASE_OWNER = NULL,
  LEASE_TOKEN = NULL,
  LEASE_UNTIL = NULL,
  VERSION = NVL(VERSION, 0) + 1
WHERE CALL_ID = :call_id
AND (NVL(STATE, 'SENT') <> 'LEASED' OR DUE_AT IS NULL OR DUE_AT <= SYS_EXTRACT_UTC(SYSTIMESTAMP))

-- insert_unsearchable --
-- The same for a call that the ledger does not know. ORA-00001: another copy holds it.
INSERT INTO CDC_PROCESSED_CALLS (CALL_ID, PROCESSED_AT, STATE, ROWS_READ, NEWEST_READ, VERSION)
SELECT :call_id, CAST(SYSTIMESTAMP AS TIMESTAMP), 'FAILED', COUNT(*), MAX(TEXT_TIME), 1
FROM {source}
WHERE CALL_ID = TO_NUMBER(:call_id)

-- insert_claim --
-- Claims a call that the ledger does not know. ORA-00001: another copy was faster.
INSERT INTO CDC_PROCESSED_CALLS
  (CALL_ID, PROCESSED_AT, STATE, REVISION, DUE_AT, LEASE_OWNER, LEASE_TOKEN, LEASE_UNTIL, VERSION, ATTEMPTS, TAKEOVERS,
  JOB_ID)
VALUES (
  :call_id,
  CAST(SYSTIMESTAMP AS TIMESTAMP),
  :state,
  :revision,
  SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:due_seconds, 'SECOND'),
  :owner,
  :token,
  CASE WHEN :lease_seconds > 0 THEN SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:lease_seconds, 'SECOND') END,
  1,
  0,
  0,
  :job_id
)

-- lock_calls --
-- Before an update of some calls: those that nobody else holds. One that a DBA's open transaction holds is left for later.
SELECT CALL_ID
FROM CDC_PROCESSED_CALLS
WHERE CALL_ID IN ({ids})
FOR UPDATE SKIP LOCKED

-- update_claim --
-- Claims a call that the ledger knows, if it is still as the search saw it.
UPDATE CDC_PROCESSED_CALLS
SET PROCESSED_AT = CASE WHEN STATE = :state THEN PROCESSED_AT ELSE CAST(SYSTIMESTAMP AS TIMESTAMP) END,
  STATE = :state,
  REVISION = :revision,
  DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:due_seconds, 'SECOND'),
  LEASE_OWNER = :owner,
  LEASE_TOKEN = :token,
  LEASE_UNTIL = CASE WHEN :lease_seconds > 0 THEN SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:lease_seconds, 'SECOND') END,
  ATTEMPTS = :attempts,
  TAKEOVERS = :takeovers,
  RESEND = :resend,
  JOB_ID = NVL(:job_id, JOB_ID),
  VERSION = NVL(VERSION, 0) + 1
WHERE CALL_ID = :call_id
AND NVL(VERSION, 0) = :version

-- read_claimed --
-- The calls that one token leases: after a claim whose answer was lost.
SELECT CALL_ID
FROM CDC_PROCESSED_CALLS
WHERE LEASE_TOKEN = :token
AND STATE = 'LEASED'

-- renew_lease --
-- Puts off the end of every lease of one token; each row counts only if nobody took it over.
UPDATE CDC_PROCESSED_CALLS
SET LEASE_UNTIL = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:lease_seconds, 'SECOND'),
  DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:lease_seconds, 'SECOND'),
  VERSION = NVL(VERSION, 0) + 1
WHERE LEASE_TOKEN = :token
AND STATE = 'LEASED'

-- fetch_segments --
-- All rows of the calls that one token leases, call after call.
SELECT
  l.CALL_ID,
  s.BAN,
  s.SUBSCRIBER_NO,
  s.OWNER,
  s.TEXT,
  s.TEXT_TIME,
  s.CALL_TIME
FROM CDC_PROCESSED_CALLS l
JOIN {source} s ON s.CALL_ID = TO_NUMBER(l.CALL_ID)
WHERE l.LEASE_TOKEN = :token
ORDER BY l.CALL_ID, s.TEXT_TIME

-- seal_claim --
-- Before a send: what will be sent, under which revision. 0 rows: the lease was lost.
UPDATE CDC_PROCESSED_CALLS
SET REVISION = :revision,
  ROWS_READ = :rows_read,
  NEWEST_READ = :newest_read,
  TIMES_READ = :times_read,
  CONTENT_HASH = :content_hash,
  ASSEMBLED_AT = :assembled_at,
  BAN = :ban,
  SUBSCRIBER_NO = :subscriber_no,
  CALL_TIME = :call_time,
  VERSION = NVL(VERSION, 0) + 1
WHERE CALL_ID = :call_id
AND LEASE_TOKEN = :token
AND STATE = 'LEASED'

-- settle_sent --
-- SQS accepted the sealed revision; an answer may have been faster than this commit.
UPDATE CDC_PROCESSED_CALLS
SET STATE = CASE WHEN SUMMARIZED_REVISION >= REVISION THEN 'SUMMARIZED' ELSE 'SENT' END,
  PROCESSED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP),
  RESENDS = CASE WHEN SENT_REVISION = REVISION THEN RESENDS ELSE 0 END,
  RESEND = NULL,
  SENT_REVISION = REVISION,
  SQS_MESSAGE_ID = :message_id,
  TEXT_TIME = :newest_sent,
  SENT_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP),
  DUE_AT = NULL,
  LEASE_OWNER = NULL,
  LEASE_TOKEN = NULL,
  LEASE_UNTIL = NULL,
  ATTEMPTS = 0,
  TAKEOVERS = 0,
  VERSION = NVL(VERSION, 0) + 1
WHERE CALL_ID = :call_id
AND LEASE_TOKEN = :token
AND STATE = 'LEASED'

-- settle_unsent --
-- The claim ends without a send: rejected, failed, put off, or nothing new to send (state NULL: back to what was accepted).
UPDATE CDC_PROCESSED_CALLS
SET STATE = NVL(:state, CASE WHEN SUMMARIZED_REVISION >= SENT_REVISION THEN 'SUMMARIZED' ELSE 'SENT' END),
  PROCESSED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP),
  ROWS_READ = NVL(:rows_read, ROWS_READ),
  NEWEST_READ = NVL(:newest_read, NEWEST_READ),
  TIMES_READ = CASE WHEN :rows_read IS NULL THEN TIMES_READ ELSE :times_read END,
  JUDGED_AT = CASE WHEN :state = 'OPEN' THEN JUDGED_AT ELSE SYS_EXTRACT_UTC(SYSTIMESTAMP) END,
  DUE_AT = CASE WHEN :due_seconds >= 0 THEN SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:due_seconds, 'SECOND') END,
  LEASE_OWNER = NULL,
  LEASE_TOKEN = NULL,
  LEASE_UNTIL = NULL,
  ATTEMPTS = NVL(ATTEMPTS, 0) + :refusals,
  RESEND = CASE WHEN :state = 'OPEN' THEN RESEND END,
  TAKEOVERS = 0,
  VERSION = NVL(VERSION, 0) + 1
WHERE CALL_ID = :call_id
AND LEASE_TOKEN = :token
AND STATE = 'LEASED'

-- release_claims --
-- Gives back what one token holds: something passing came between claim and send.
UPDATE CDC_PROCESSED_CALLS
SET STATE = 'OPEN',
  PROCESSED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP),
  DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:due_seconds, 'SECOND'),
  LEASE_OWNER = NULL,
  LEASE_TOKEN = NULL,
  LEASE_UNTIL = NULL,
  VERSION = NVL(VERSION, 0) + 1
WHERE LEASE_TOKEN = :token
AND STATE = 'LEASED'

-- read_modes --
-- Watermark, switch and clock of a mode.
SELECT
  TABLE_NAME,
  IS_ENABLED,
  LAST_PROCESSED_TIMESTAMP AS WATERMARK,
  COVERAGE_START,
  TOTAL_PROCESSED,
  {now} AS NOW_TIME,
  SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_TIME
FROM CDC_PROCESSING_STATUS
WHERE TABLE_NAME = :mode_name

-- begin_coverage --
-- The first start: coverage begins a window ago. An upgraded row keeps its watermark.
UPDATE CDC_PROCESSING_STATUS
SET LAST_PROCESSED_TIMESTAMP = NVL(LAST_PROCESSED_TIMESTAMP, {now} - NUMTODSINTERVAL(:window_minutes, 'MINUTE')),
  COVERAGE_START = LEAST(
    NVL(LAST_PROCESSED_TIMESTAMP, {now}),
    {now}
  ) - NUMTODSINTERVAL(:window_minutes, 'MINUTE')
WHERE TABLE_NAME = :mode_name
AND (
  COVERAGE_START IS NULL
  OR LAST_PROCESSED_TIMESTAMP IS NULL
  OR COVERAGE_START > {now} - NUMTODSINTERVAL(:window_minutes, 'MINUTE')
)

-- restore_mode --
-- A mode whose row somebody deleted.
INSERT INTO CDC_PROCESSING_STATUS (TABLE_NAME)
SELECT :mode_name FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM CDC_PROCESSING_STATUS WHERE TABLE_NAME = :mode_name)

-- record_cycle --
-- The heartbeat, of both modes while the service runs; moves the watermark only if nobody moved it meanwhile.
UPDATE CDC_PROCESSING_STATUS
SET LAST_UPDATED = CAST(SYSTIMESTAMP AS TIMESTAMP),
  TOTAL_PROCESSED = NVL(TOTAL_PROCESSED, 0) + CASE WHEN TABLE_NAME = :mode_name THEN :accepted ELSE 0 END,
  LAST_PROCESSED_TIMESTAMP = CASE
    WHEN TABLE_NAME = :mode_name
      AND NVL(LAST_PROCESSED_TIMESTAMP, JOB_START) >= :seen_watermark
      AND NVL(LAST_PROCESSED_TIMESTAMP, JOB_START) - :seen_watermark < INTERVAL '0.000001' SECOND THEN :new_watermark
    ELSE LAST_PROCESSED_TIMESTAMP
  END
WHERE TABLE_NAME IN ('CDC_NORMAL_MODE', 'CDC_HISTORICAL_MODE')
AND (:is_alone = 0 OR TABLE_NAME = :mode_name)

-- take_sweep --
-- One copy at a time sweeps: one that was left unfinished, or the next when it is time. 0 rows: not now, or another copy does.
-- No end of another's turn, or one that lies days ahead (the clock was put back), is an end that has passed.
UPDATE CDC_PROCESSING_STATUS
SET SWEEP_OWNER = :owner,
  SWEEP_UNTIL = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:lease_seconds, 'SECOND')
WHERE TABLE_NAME = :mode_name
AND IS_ENABLED = 1
AND (
  SWEEP_OWNER IS NULL
  OR SWEEP_OWNER = :owner
  OR SWEEP_UNTIL IS NULL
  OR SWEEP_UNTIL < SYS_EXTRACT_UTC(SYSTIMESTAMP)
  OR SWEEP_UNTIL > SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(2, 'DAY')
)
AND (
  SWEEP_CURSOR IS NOT NULL
  OR SWEEP_BEGAN_AT IS NULL
  OR SWEEP_BEGAN_AT > SYS_EXTRACT_UTC(SYSTIMESTAMP)
  OR SWEEP_BEGAN_AT <= SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(:interval_minutes, 'MINUTE')
)

-- read_sweep --
-- Where the last sweep stands, and whether older hours are to be looked at again.
SELECT
  IS_ENABLED,
  LAST_PROCESSED_TIMESTAMP AS WATERMARK,
  COVERAGE_START,
  CREATED_AT,
  SWEEP_END,
  SWEEP_FROM,
  SWEEP_CLOCK,
  SWEEP_CURSOR,
  CASE
    WHEN SWEEP_FULL_AT <= SYS_EXTRACT_UTC(SYSTIMESTAMP)
      AND SWEEP_FULL_AT > SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(:full_minutes, 'MINUTE') THEN 0
    ELSE 1
  END AS IS_FULL_DUE,
  {now} AS NOW_TIME
FROM CDC_PROCESSING_STATUS
WHERE TABLE_NAME = :mode_name

-- begin_sweep --
-- A cursor makes it resumable.
UPDATE CDC_PROCESSING_STATUS
SET SWEEP_BEGAN_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP),
  SWEEP_FROM = :range_start,
  SWEEP_CLOCK = :clock_time,
  SWEEP_CURSOR = :cursor_time
WHERE TABLE_NAME = :mode_name
AND SWEEP_OWNER = :owner

-- save_sweep --
-- How far it has come. 0 rows: another copy took it over.
UPDATE CDC_PROCESSING_STATUS
SET SWEEP_CURSOR = :cursor_time,
  SWEEP_UNTIL = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:lease_seconds, 'SECOND')
WHERE TABLE_NAME = :mode_name
AND SWEEP_OWNER = :owner

-- finish_sweep --
-- The end of a sweep; a clock when it reached back as far as it should, figures when one copy saw the whole of it.
UPDATE CDC_PROCESSING_STATUS
SET SWEEP_CURSOR = NULL,
  SWEEP_OWNER = NULL,
  SWEEP_UNTIL = NULL,
  SWEEP_END = NVL(:clock_time, SWEEP_END),
  SWEEP_FULL_AT = CASE WHEN :is_measured = 1 THEN SWEEP_BEGAN_AT ELSE SWEEP_FULL_AT END,
  RECONCILED_AT = CASE WHEN :is_measured = 1 THEN SYS_EXTRACT_UTC(SYSTIMESTAMP) ELSE RECONCILED_AT END,
  RECONCILED_SOURCE = CASE WHEN :is_measured = 1 THEN :source_count ELSE RECONCILED_SOURCE END,
  RECONCILED_SENT = CASE WHEN :is_measured = 1 THEN :sent_count ELSE RECONCILED_SENT END,
  RECONCILED_SUMMARIZED = CASE WHEN :is_measured = 1 THEN :summarized_count ELSE RECONCILED_SUMMARIZED END,
  RECONCILED_MISSING = CASE WHEN :is_measured = 1 THEN :missing_count ELSE RECONCILED_MISSING END,
  RECONCILED_OLDEST = CASE WHEN :is_measured = 1 THEN :oldest_time ELSE RECONCILED_OLDEST END
WHERE TABLE_NAME = :mode_name
AND SWEEP_OWNER = :owner

-- measure_window --
-- Source against ledger: each call of the range once, in the window of its first row there. Missing is what has rows behind
-- the overlap that the ledger does not account for, or other rows than were read in as many; shrunk is what has fewer rows than were read.
SELECT
  COUNT(*) AS SOURCE_COUNT,
  COUNT(CASE WHEN c.IS_SENT = 1 THEN 1 END) AS SENT_COUNT,
  COUNT(CASE WHEN c.STATE = 'SUMMARIZED' THEN 1 END) AS SUMMARIZED_COUNT,
  COUNT(CASE WHEN c.IS_MISSING = 1 THEN 1 END) AS MISSING_COUNT,
  MIN(CASE WHEN c.IS_MISSING = 1 THEN c.OLDEST_TIME END) AS OLDEST_TIME,
  COUNT(CASE WHEN c.IS_SHRUNK = 1 THEN 1 END) AS SHRUNK_COUNT,
  MIN(CASE WHEN c.IS_SHRUNK = 1 THEN c.CALL_ID END) AS SHRUNK_CALL
FROM (
  SELECT
    l.CALL_ID,
    f.OLDEST_TIME,
    l.STATE,
    CASE WHEN l.SENT_REVISION IS NOT NULL OR l.SQS_MESSAGE_ID IS NOT NULL THEN 1 END AS IS_SENT,
    CASE
      WHEN l.CALL_ID IS NULL AND f.SETTLED_ROWS > 0 THEN 1
      WHEN NVL(l.STATE, 'SENT') NOT IN ('OPEN', 'LEASED')
        AND (
          f.SETTLED_ROWS > l.ROWS_READ
          OR (f.ROWS_FOUND = l.ROWS_READ AND f.SETTLED_ROWS = l.ROWS_READ AND f.TIMES_FOUND <> l.TIMES_READ)
          OR (f.SETTLED_TIME > {accounted} AND f.SETTLED_TIME - {accounted} >= INTERVAL '0.000001' SECOND)
        ) THEN 1
    END AS IS_MISSING,
    CASE
      WHEN f.ROWS_FOUND < l.ROWS_READ
        AND (f.NEWEST_TIME <= {accounted} OR f.NEWEST_TIME - {accounted} < INTERVAL '0.000001' SECOND) THEN 1
    END AS IS_SHRUNK
  FROM (
    SELECT
      n.CALL_ID,
      n.OLDEST_TIME,
      COUNT(*) AS ROWS_FOUND,
      MAX(s.TEXT_TIME) AS NEWEST_TIME,
      SUM({times}) AS TIMES_FOUND,
      COUNT(CASE WHEN s.TEXT_TIME < :settled_until THEN 1 END) AS SETTLED_ROWS,
      MAX(CASE WHEN s.TEXT_TIME < :settled_until THEN s.TEXT_TIME END) AS SETTLED_TIME
    FROM (
      SELECT CALL_ID, MIN(TEXT_TIME) AS OLDEST_TIME
      FROM {source}
      WHERE TEXT_TIME >= :window_start
      AND TEXT_TIME < :window_end
      GROUP BY CALL_ID
    ) n
    JOIN {source} s ON s.CALL_ID = n.CALL_ID
    GROUP BY n.CALL_ID, n.OLDEST_TIME
    HAVING MIN(CASE WHEN s.TEXT_TIME >= :range_start THEN s.TEXT_TIME END) = n.OLDEST_TIME
  ) f
  LEFT JOIN CDC_PROCESSED_CALLS l ON l.CALL_ID = TO_CHAR(f.CALL_ID)
) c

-- read_reconciled --
-- What the last whole sweep found, and when it ended (UTC).
SELECT
  RECONCILED_AT,
  RECONCILED_SOURCE,
  RECONCILED_SENT,
  RECONCILED_SUMMARIZED,
  RECONCILED_MISSING,
  RECONCILED_OLDEST
FROM CDC_PROCESSING_STATUS
WHERE TABLE_NAME = :mode_name

-- read_job --
-- The historical job, and how normal mode is meanwhile. A job without a cursor begins anew: the ledger knows what is done.
-- A row of normal mode without a watermark is young, and nobody's yet.
SELECT
  h.IS_ENABLED,
  h.JOB_ID,
  h.JOB_START,
  h.JOB_END,
  h.JOB_RATE,
  h.JOB_RESEND,
  h.JOB_SETTING,
  NVL(h.LAST_PROCESSED_TIMESTAMP, h.JOB_START) AS CURSOR_TIME,
  n.IS_ENABLED AS NORMAL_ENABLED,
  n.LAST_PROCESSED_TIMESTAMP AS WATERMARK,
  n.COVERAGE_START,
  CASE
    WHEN n.LAST_PROCESSED_TIMESTAMP IS NOT NULL
    AND n.LAST_UPDATED > CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:stale_seconds, 'SECOND') THEN 1
    ELSE 0
  END AS IS_NORMAL_ALIVE,
  {now} AS NOW_TIME
FROM CDC_PROCESSING_STATUS h
LEFT JOIN CDC_PROCESSING_STATUS n ON n.TABLE_NAME = 'CDC_NORMAL_MODE'
WHERE h.TABLE_NAME = 'CDC_HISTORICAL_MODE'

-- begin_job --
-- A new historical job in place of the one that was seen. 0 rows: somebody began another meanwhile.
UPDATE CDC_PROCESSING_STATUS
SET JOB_ID = :job_id,
  JOB_START = :job_start,
  JOB_END = :job_end,
  JOB_RATE = :job_rate,
  JOB_RESEND = :is_resend,
  JOB_SETTING = NVL(:job_setting, JOB_SETTING),
  LAST_PROCESSED_TIMESTAMP = :job_start
WHERE TABLE_NAME = 'CDC_HISTORICAL_MODE'
AND NVL(JOB_ID, '-') = NVL(:seen_job, '-')

-- set_rate --
-- The pace of the historical job; whoever works on it follows.
UPDATE CDC_PROCESSING_STATUS
SET JOB_RATE = :job_rate
WHERE TABLE_NAME = 'CDC_HISTORICAL_MODE'
AND JOB_ID = :job_id

-- count_unsettled --
-- Calls that a job has claimed and that are not done: put off, still talking, in somebody's hands.
SELECT COUNT(*) AS CALLS
FROM CDC_PROCESSED_CALLS
WHERE STATE IN ('OPEN', 'LEASED')
AND JOB_ID = :job_id

-- next_segment --
-- Where the source goes on: one step into its index, however long the empty time is.
SELECT MIN(TEXT_TIME) AS NEXT_TIME
FROM {source}
WHERE TEXT_TIME >= :window_start

-- open_overdue --
-- Unanswered calls become due again, each so many times for one revision; like takeovers, not while normal mode is paused.
UPDATE CDC_PROCESSED_CALLS
SET STATE = 'OPEN',
  PROCESSED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP),
  RESEND = 'OVERDUE',
  RESENDS = NVL(RESENDS, 0) + 1,
  DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP),
  VERSION = NVL(VERSION, 0) + 1
WHERE STATE = 'SENT'
AND CALL_ID IN (
  SELECT CALL_ID
  FROM CDC_PROCESSED_CALLS
  WHERE STATE = 'SENT'
  AND (SENT_AT IS NULL OR SENT_AT < SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(:deadline_minutes, 'MINUTE'))
  AND NVL(RESENDS, 0) < :resend_limit
  AND EXISTS (SELECT 1 FROM CDC_PROCESSING_STATUS WHERE TABLE_NAME = 'CDC_NORMAL_MODE' AND IS_ENABLED = 1)
  ORDER BY SENT_AT
  FETCH FIRST :row_limit ROWS ONLY
)

-- purge_log --
-- A small batch of the journal's oldest rows.
DELETE FROM CDC_PROCESSING_LOG
WHERE LOG_ID IN (
  SELECT LOG_ID
  FROM CDC_PROCESSING_LOG
  WHERE CREATED_AT < CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:days, 'DAY')
  ORDER BY CREATED_AT
  FETCH FIRST :row_limit ROWS ONLY
)

-- purge_errors --
-- A small batch of the oldest errors.
DELETE FROM ERROR_LOG
WHERE ERROR_ID IN (
  SELECT ERROR_ID
  FROM ERROR_LOG
  WHERE ERROR_TIMESTAMP < CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:days, 'DAY')
  ORDER BY ERROR_TIMESTAMP
  FETCH FIRST :row_limit ROWS ONLY
)

-- purge_ledger --
-- A small batch of calls that nothing is left to do for, and whose rows no window, sweep or job reaches any more.
DELETE FROM CDC_PROCESSED_CALLS
WHERE STATE IN ('SUMMARIZED', 'REJECTED_TOO_SHORT', 'REJECTED_MISSING_CHANNEL')
AND CALL_ID IN (
  SELECT CALL_ID
  FROM CDC_PROCESSED_CALLS
  WHERE STATE IN ('SUMMARIZED', 'REJECTED_TOO_SHORT', 'REJECTED_MISSING_CHANNEL')
  AND PROCESSED_AT < CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:days, 'DAY')
  AND NVL(NEWEST_READ, TEXT_TIME) < :needed_from
  ORDER BY PROCESSED_AT
  FETCH FIRST :row_limit ROWS ONLY
)

-- read_session_limit --
-- How many sessions the user's profile allows: a number, UNLIMITED or DEFAULT.
SELECT LIMIT AS SESSION_LIMIT
FROM USER_RESOURCE_LIMITS
WHERE RESOURCE_NAME = 'SESSIONS_PER_USER'

-- lock_modes --
-- Is a mode's row locked by another session (ORA-00054)?
SELECT TABLE_NAME
FROM CDC_PROCESSING_STATUS
WHERE TABLE_NAME IN ('CDC_NORMAL_MODE', 'CDC_HISTORICAL_MODE')
FOR UPDATE NOWAIT

-- write_log --
-- The journal of one batch.
INSERT INTO CDC_PROCESSING_LOG (BATCH_ID, CALL_ID, OPERATION_TYPE, PROCESSING_TIME_MS, STATUS, ERROR_MESSAGE)
VALUES (:batch_id, :call_id, :operation, :elapsed_ms, :status, :error_message)

-- write_errors --
-- What failed, for the DBA.
INSERT INTO ERROR_LOG (CALL_ID, ERROR_MESSAGE, ERROR_TYPE, RETRY_COUNT)
VALUES (:call_id, :error_message, :error_type, :retry_count)

-- set_aside --
-- A call or result that will not succeed. ORA-00001: this result is here already.
INSERT INTO SQS_PERMANENT_FAILURES
  (CALL_ID, ERROR_MESSAGE, TOTAL_ATTEMPTS, ORIGINAL_MESSAGE, DIRECTION, SQS_MESSAGE_ID, MESSAGE_TYPE, SENT_TIMESTAMP,
  REVISION)
VALUES (
  :call_id, :error_message, :attempts, :original_message, :direction, :message_id, :message_type, :sent_ms, :revision
)

-- lock_claims --
-- Rows of the ledger that are about to be changed: ORA-00054 at once for one that somebody holds, instead of a long wait.
SELECT CALL_ID
FROM CDC_PROCESSED_CALLS
WHERE CALL_ID IN ({ids})
FOR UPDATE NOWAIT

-- lock_summaries --
-- The same for answers.
SELECT CALL_ID
FROM DICTA_CALL_SUMMARY
WHERE CALL_ID IN ({ids})
FOR UPDATE NOWAIT

-- find_answered --
-- What ledger and summaries know of the calls that results came for.
SELECT
  k.CALL_ID,
  l.SENT_REVISION,
  GREATEST(NVL(l.REVISION, 0), NVL(l.SENT_REVISION, 0)) AS NEWEST_REVISION,
  l.BAN,
  l.SUBSCRIBER_NO,
  l.CALL_TIME,
  CASE WHEN l.CALL_ID IS NULL THEN 0 ELSE 1 END AS IS_KNOWN,
  CASE WHEN d.CALL_ID IS NULL THEN 0 ELSE 1 END AS IS_STORED,
  d.REVISION AS STORED_REVISION,
  d.SENT_TIMESTAMP AS STORED_SENT_MS
FROM (
  SELECT CALL_ID FROM CDC_PROCESSED_CALLS WHERE CALL_ID IN ({ids})
  UNION
  SELECT CALL_ID FROM DICTA_CALL_SUMMARY WHERE CALL_ID IN ({ids})
) k
LEFT JOIN CDC_PROCESSED_CALLS l ON l.CALL_ID = k.CALL_ID
LEFT JOIN DICTA_CALL_SUMMARY d ON d.CALL_ID = k.CALL_ID

-- insert_summary --
-- A first answer. ORA-00001: another copy was faster; then update_summary.
INSERT INTO DICTA_CALL_SUMMARY
  (CALL_ID, CUSTOMER_ID, SUBSCRIBER_NO, CALL_TIME, SUMMARY_TEXT, SENTIMENT, CLASSIFICATION_PRIMARY, CLASSIFICATION_ALL,
  CONFIDENCE_SCORE, ML_PROCESSING_TIME_MS, ML_MODEL_VERSION, PROCESSED_AT, REVISION, SENT_TIMESTAMP, IS_EMPTY)
VALUES (
  :call_id, :ban, :subscriber_no, :call_time, :summary, :sentiment, :classification_primary, :classification_all,
  :confidence, :processing_ms, :model_version, CAST(SYSTIMESTAMP AS TIMESTAMP), :revision, :sent_ms, :is_empty
)

-- update_summary --
-- A newer answer: only a greater (revision, SentTimestamp) replaces what is stored.
UPDATE DICTA_CALL_SUMMARY
SET CUSTOMER_ID = :ban,
  SUBSCRIBER_NO = :subscriber_no,
  CALL_TIME = :call_time,
  SUMMARY_TEXT = :summary,
  SENTIMENT = :sentiment,
  CLASSIFICATION_PRIMARY = :classification_primary,
  CLASSIFICATION_ALL = :classification_all,
  CONFIDENCE_SCORE = :confidence,
  ML_PROCESSING_TIME_MS = :processing_ms,
  ML_MODEL_VERSION = :model_version,
  PROCESSED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP),
  REVISION = :revision,
  SENT_TIMESTAMP = :sent_ms,
  IS_EMPTY = :is_empty
WHERE CALL_ID = :call_id
AND (
  REVISION IS NULL
  OR REVISION < :revision
  OR (REVISION = :revision AND NVL(SENT_TIMESTAMP, 0) < :sent_ms)
)

-- mark_summarized --
-- The ledger learns of an answer. Only SENT at that revision becomes SUMMARIZED: LEASED, OPEN and FAILED have work left.
-- VERSION stays: a claim that is being made for newer rows must not miss them for that.
UPDATE CDC_PROCESSED_CALLS
SET SUMMARIZED_REVISION = GREATEST(NVL(SUMMARIZED_REVISION, 0), :revision),
  PROCESSED_AT = CASE
    WHEN STATE = 'SENT' AND SENT_REVISION <= :revision THEN CAST(SYSTIMESTAMP AS TIMESTAMP)
    ELSE PROCESSED_AT
  END,
  STATE = CASE WHEN STATE = 'SENT' AND SENT_REVISION <= :revision THEN 'SUMMARIZED' ELSE STATE END
WHERE CALL_ID = :call_id

-- peek_segments --
-- All rows of some calls, for a look without a claim.
SELECT
  TO_CHAR(CALL_ID) AS CALL_ID,
  BAN,
  SUBSCRIBER_NO,
  OWNER,
  TEXT,
  TEXT_TIME,
  CALL_TIME
FROM {source}
WHERE CALL_ID IN ({ids})
ORDER BY CALL_ID, TEXT_TIME

-- tell_not_ready --
-- What this copy misses, NULL when it is ready again: then only its own words, or old ones, are taken back.
UPDATE CDC_PROCESSING_STATUS
SET NOT_READY = :reason,
  NOT_READY_BY = :owner,
  NOT_READY_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP)
WHERE TABLE_NAME = :mode_name
AND (
  :reason IS NOT NULL
  OR NOT_READY_BY = :owner
  OR NOT_READY_AT < SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(120, 'SECOND')
)

-- read_signs --
-- A mode's last sign of life, and what some copy has lately said that it misses.
SELECT
  COVERAGE_START,
  IS_ENABLED,
  EXTRACT(DAY FROM (CAST(SYSTIMESTAMP AS TIMESTAMP) - LAST_UPDATED)) * 86400
  + EXTRACT(HOUR FROM (CAST(SYSTIMESTAMP AS TIMESTAMP) - LAST_UPDATED)) * 3600
  + EXTRACT(MINUTE FROM (CAST(SYSTIMESTAMP AS TIMESTAMP) - LAST_UPDATED)) * 60
  + EXTRACT(SECOND FROM (CAST(SYSTIMESTAMP AS TIMESTAMP) - LAST_UPDATED)) AS AGE_SECONDS,
  NOT_READY_BY,
  CASE
    WHEN NOT_READY_AT >= SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(120, 'SECOND') THEN NOT_READY
  END AS NOT_READY
FROM CDC_PROCESSING_STATUS
WHERE TABLE_NAME = :mode_name

-- count_states --
-- The ledger by state.
SELECT STATE, COUNT(*) AS CALLS
FROM CDC_PROCESSED_CALLS
GROUP BY STATE

-- count_failures --
-- How many were set aside.
SELECT COUNT(*) AS FAILURES
FROM SQS_PERMANENT_FAILURES

-- count_empty --
-- Answers in which nothing was that anybody asked for; the index holds only those.
SELECT COUNT(*) AS ANSWERS
FROM DICTA_CALL_SUMMARY
WHERE IS_EMPTY = 1

-- count_overdue --
-- Sent calls whose answer has not come in time.
SELECT COUNT(*) AS CALLS
FROM CDC_PROCESSED_CALLS
WHERE STATE = 'SENT'
AND (SENT_AT IS NULL OR SENT_AT < SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(:deadline_minutes, 'MINUTE'))

-- read_figures --
-- What monitoring wants to know beside the loops' own counts: when the oldest segment was said that the ledger has found
-- and not sent, how many answers are overdue, how much was set aside.
SELECT
  {now} AS NOW_TIME,
  (
    SELECT MIN(s.TEXT_TIME)
    FROM (
      SELECT TO_NUMBER(CALL_ID) AS CALL_ID, TEXT_TIME
      FROM CDC_PROCESSED_CALLS
      WHERE STATE IN ('OPEN', 'LEASED')
      AND {names_a_call}
    ) l
    JOIN {source} s ON s.CALL_ID = l.CALL_ID
    WHERE s.TEXT_TIME >= {first_time}
    AND (l.TEXT_TIME IS NULL OR (s.TEXT_TIME > l.TEXT_TIME AND s.TEXT_TIME - l.TEXT_TIME >= INTERVAL '0.000001' SECOND))
  ) AS OLDEST_UNSENT,
  (
    SELECT COUNT(*)
    FROM CDC_PROCESSED_CALLS
    WHERE STATE = 'SENT'
    AND (SENT_AT IS NULL OR SENT_AT < SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(:deadline_minutes, 'MINUTE'))
  ) AS OVERDUE,
  (SELECT COUNT(*) FROM SQS_PERMANENT_FAILURES) AS FAILURES
FROM DUAL

-- list_overdue --
-- The oldest of them first.
SELECT CALL_ID, SENT_REVISION, SENT_AT, SQS_MESSAGE_ID
FROM CDC_PROCESSED_CALLS
WHERE STATE = 'SENT'
AND (SENT_AT IS NULL OR SENT_AT < SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(:deadline_minutes, 'MINUTE'))
ORDER BY SENT_AT
FETCH FIRST :row_limit ROWS ONLY

-- list_leases --
-- Who holds what.
SELECT LEASE_OWNER, COUNT(*) AS CALLS, MAX(LEASE_UNTIL) AS UNTIL_TIME
FROM CDC_PROCESSED_CALLS
WHERE STATE = 'LEASED'
GROUP BY LEASE_OWNER
ORDER BY LEASE_OWNER

-- find_owners --
-- Tables of ours that other users have and this one may use.
SELECT TABLE_NAME, OWNER
FROM ALL_TABLES
WHERE OWNER <> USER
AND TABLE_NAME IN ({ids})

-- may_create_tables --
-- A row if this user may create tables of its own.
SELECT PRIVILEGE
FROM SESSION_PRIVS
WHERE PRIVILEGE IN ('CREATE TABLE', 'CREATE ANY TABLE')

-- describe_table --
-- The columns of a table, wherever its name resolves to; no row is read.
SELECT *
FROM {table}
WHERE 1 = 0

-- probe_insert --
-- May the user insert? Changes nothing.
INSERT INTO {table} ({column})
SELECT {column} FROM {table} WHERE 1 = 0

-- probe_update --
-- May the user update? Changes nothing.
UPDATE {table}
SET {column} = {column}
WHERE 1 = 0

-- probe_delete --
-- May the user delete? Changes nothing.
DELETE FROM {table}
WHERE 1 = 0

-- read_index_columns --
-- The columns of a table's indexes, in order.
SELECT INDEX_NAME, COLUMN_NAME, COLUMN_POSITION
FROM ALL_IND_COLUMNS
WHERE TABLE_OWNER = :owner
AND TABLE_NAME = :table_name
ORDER BY INDEX_NAME, COLUMN_POSITION

-- probe_source --
-- Does the source answer, and how does its newest time stand to the database's clock?
SELECT MAX(TEXT_TIME) AS NEWEST_TIME, {now} AS NOW_TIME, SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_TIME
FROM {source}

-- raise_failure --
-- A call that failed once more: its one row tells the latest of it.
UPDATE SQS_PERMANENT_FAILURES
SET ERROR_MESSAGE = :error_message,
  TOTAL_ATTEMPTS = NVL(TOTAL_ATTEMPTS, 0) + :attempts,
  ORIGINAL_MESSAGE = :original_message,
  REVISION = :revision,
  DIRECTION = 'OUTBOUND',
  MARKED_FAILED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP)
WHERE CALL_ID = :call_id
AND NVL(DIRECTION, 'OUTBOUND') = 'OUTBOUND'

-- clear_failure --
-- A call that was sent after all.
DELETE FROM SQS_PERMANENT_FAILURES
WHERE CALL_ID = :call_id
AND NVL(DIRECTION, 'OUTBOUND') = 'OUTBOUND'

-- list_failures --
-- What was set aside, the oldest first, without its bodies; an empty call_id or failed_days below 0 asks for all.
SELECT
  RAWTOHEX(FAILURE_ID) AS FAILURE_ID,
  DIRECTION,
  CALL_ID,
  REVISION,
  ERROR_MESSAGE,
  NVL(TOTAL_ATTEMPTS, 0) AS ATTEMPTS,
  MARKED_FAILED_AT,
  SQS_MESSAGE_ID,
  MESSAGE_TYPE,
  SENT_TIMESTAMP,
  NVL(LENGTH(ORIGINAL_MESSAGE), 0) AS BODY_LENGTH
FROM SQS_PERMANENT_FAILURES
WHERE (:call_id IS NULL OR CALL_ID = :call_id OR LTRIM(CALL_ID, '0') = :spelled)
AND (:failed_days < 0 OR MARKED_FAILED_AT < CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:failed_days, 'DAY'))
ORDER BY MARKED_FAILED_AT, FAILURE_ID

-- read_failure --
-- One of them.
SELECT
  RAWTOHEX(FAILURE_ID) AS FAILURE_ID,
  DIRECTION,
  CALL_ID,
  REVISION,
  ERROR_MESSAGE,
  NVL(TOTAL_ATTEMPTS, 0) AS ATTEMPTS,
  MARKED_FAILED_AT,
  SQS_MESSAGE_ID,
  MESSAGE_TYPE,
  SENT_TIMESTAMP,
  NVL(LENGTH(ORIGINAL_MESSAGE), 0) AS BODY_LENGTH
FROM SQS_PERMANENT_FAILURES
WHERE FAILURE_ID = HEXTORAW(:failure_id)

-- read_failure_body --
-- The body that was set aside: private.
SELECT ORIGINAL_MESSAGE
FROM SQS_PERMANENT_FAILURES
WHERE FAILURE_ID = HEXTORAW(:failure_id)

-- remove_failure --
-- Replayed or discarded.
DELETE FROM SQS_PERMANENT_FAILURES
WHERE FAILURE_ID = HEXTORAW(:failure_id)

-- count_replay --
-- A replay that failed leaves the row, with one attempt more and the reason of this one.
UPDATE SQS_PERMANENT_FAILURES
SET TOTAL_ATTEMPTS = NVL(TOTAL_ATTEMPTS, 0) + 1,
  ERROR_MESSAGE = :error_message
WHERE FAILURE_ID = HEXTORAW(:failure_id)

-- find_calls --
-- Some calls as find_work tells of them, whatever the ledger says; none for a call that the source does not have.
SELECT
  {now} AS NOW_TIME,
  SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_TIME,
  TO_CHAR(c.CALL_ID) AS CALL_ID,
  0 AS IS_DUE,
  GREATEST(c.OLDEST_TIME, {first_time}) AS OLDEST_TIME,
  c.ROWS_FOUND,
  GREATEST(c.NEWEST_TIME, {first_time}) AS NEWEST_TIME,
  GREATEST(c.FIRST_TIME, {first_time}) AS FIRST_TIME,
  GREATEST(c.LAST_TIME, {first_time}) AS LAST_TIME,
  l.STATE,
  NVL(l.REVISION, d.REVISION) AS REVISION,
  l.SENT_REVISION,
  l.ROWS_READ,
  GREATEST(NVL(l.NEWEST_READ, l.TEXT_TIME), {first_time}) AS NEWEST_READ,
  l.CONTENT_HASH,
  GREATEST(l.ASSEMBLED_AT, {first_time}) AS ASSEMBLED_AT,
  GREATEST(l.SENT_AT, {first_time}) AS SENT_AT,
  GREATEST(l.JUDGED_AT, {first_time}) AS JUDGED_AT,
  GREATEST(l.TEXT_TIME, {first_time}) AS NEWEST_SENT,
  CASE WHEN l.CALL_ID IS NULL THEN -1 ELSE NVL(l.VERSION, 0) END AS VERSION,
  NVL(l.ATTEMPTS, 0) AS ATTEMPTS,
  NVL(l.TAKEOVERS, 0) AS TAKEOVERS,
  CAST(NULL AS VARCHAR2(10)) AS RESEND
FROM (
  SELECT
    CALL_ID,
    MIN(TEXT_TIME) AS OLDEST_TIME,
    COUNT(*) AS ROWS_FOUND,
    MAX(TEXT_TIME) AS NEWEST_TIME,
    MIN(CASE WHEN TEXT_TIME <= {now} + NUMTODSINTERVAL(:horizon_minutes, 'MINUTE') THEN TEXT_TIME END) AS FIRST_TIME,
    MAX(CASE WHEN TEXT_TIME <= {now} + NUMTODSINTERVAL(:horizon_minutes, 'MINUTE') THEN TEXT_TIME END) AS LAST_TIME
  FROM {source}
  WHERE CALL_ID IN ({ids})
  GROUP BY CALL_ID
) c
LEFT JOIN CDC_PROCESSED_CALLS l ON l.CALL_ID = TO_CHAR(c.CALL_ID)
LEFT JOIN DICTA_CALL_SUMMARY d ON d.CALL_ID = TO_CHAR(c.CALL_ID)

-- read_calls --
-- What the ledger says of some calls.
SELECT CALL_ID, STATE, SENT_REVISION, SQS_MESSAGE_ID, LEASE_OWNER, LEASE_UNTIL
FROM CDC_PROCESSED_CALLS
WHERE CALL_ID IN ({ids})

-- count_stretch --
-- How many calls have segments in a stretch, and how many of them the ledger does not know; stops after row_limit rows.
SELECT
  COUNT(*) AS CALLS,
  NVL(SUM(c.SEGMENTS), 0) AS SEGMENTS,
  NVL(SUM(CASE WHEN l.CALL_ID IS NULL THEN 1 ELSE 0 END), 0) AS UNKNOWN_CALLS
FROM (
  SELECT r.CALL_ID, COUNT(*) AS SEGMENTS
  FROM (
    SELECT CALL_ID
    FROM {source}
    WHERE TEXT_TIME >= :window_start
    AND TEXT_TIME < :window_end
    FETCH FIRST :row_limit ROWS ONLY
  ) r
  GROUP BY r.CALL_ID
) c
LEFT JOIN CDC_PROCESSED_CALLS l ON l.CALL_ID = TO_CHAR(c.CALL_ID)

-- move_watermark --
-- Somebody decided where a mode goes on; normal mode's coverage begins no later than that.
UPDATE CDC_PROCESSING_STATUS
SET LAST_PROCESSED_TIMESTAMP = :new_watermark,
  COVERAGE_START = CASE
    WHEN TABLE_NAME = 'CDC_NORMAL_MODE' THEN LEAST(NVL(COVERAGE_START, :new_watermark), :new_watermark)
    ELSE COVERAGE_START
  END
WHERE TABLE_NAME = :mode_name
