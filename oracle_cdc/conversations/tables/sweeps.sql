-- The reconciliation: its columns of CDC_PROCESSING_STATUS, and source against ledger.

-- take_sweep --
-- One copy at a time sweeps: one that was left unfinished, or the next when it is time. 0 rows: not now, or another copy does.
-- No end of another's turn, or one that lies days ahead (the clock was put back), is an end that has passed.
UPDATE CDC_PROCESSING_STATUS
SET SWEEP_OWNER = :owner,
  SWEEP_UNTIL = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:lease_seconds /*number*/, 'SECOND')
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
  OR SWEEP_BEGAN_AT <= SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(:interval_minutes /*number*/, 'MINUTE')
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
      AND SWEEP_FULL_AT > SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(:full_minutes /*number*/, 'MINUTE') THEN 0
    ELSE 1
  END AS IS_FULL_DUE,
  {now} AS NOW_TIME
FROM CDC_PROCESSING_STATUS
WHERE TABLE_NAME = :mode_name

-- begin_sweep --
-- A cursor makes it resumable.
UPDATE CDC_PROCESSING_STATUS
SET SWEEP_BEGAN_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP),
  SWEEP_FROM = :range_start /*timestamp*/,
  SWEEP_CLOCK = :clock_time /*timestamp*/,
  SWEEP_CURSOR = :cursor_time /*timestamp*/
WHERE TABLE_NAME = :mode_name
AND SWEEP_OWNER = :owner

-- save_sweep --
-- How far it has come. 0 rows: another copy took it over.
UPDATE CDC_PROCESSING_STATUS
SET SWEEP_CURSOR = :cursor_time /*timestamp*/,
  SWEEP_UNTIL = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:lease_seconds /*number*/, 'SECOND')
WHERE TABLE_NAME = :mode_name
AND SWEEP_OWNER = :owner

-- finish_sweep --
-- The end of a sweep; a clock when it reached back as far as it should and passed no call, figures when one copy saw the
-- whole of it.
UPDATE CDC_PROCESSING_STATUS
SET SWEEP_CURSOR = NULL,
  SWEEP_OWNER = NULL,
  SWEEP_UNTIL = NULL,
  SWEEP_END = NVL(:clock_time /*timestamp*/, SWEEP_END),
  SWEEP_FULL_AT = CASE
    WHEN :clock_time IS NOT NULL AND :is_measured /*number*/ = 1 THEN SWEEP_BEGAN_AT
    ELSE SWEEP_FULL_AT
  END,
  RECONCILED_AT = CASE WHEN :is_measured = 1 THEN SYS_EXTRACT_UTC(SYSTIMESTAMP) ELSE RECONCILED_AT END,
  RECONCILED_SOURCE = CASE WHEN :is_measured = 1 THEN :source_count /*number*/ ELSE RECONCILED_SOURCE END,
  RECONCILED_SENT = CASE WHEN :is_measured = 1 THEN :sent_count /*number*/ ELSE RECONCILED_SENT END,
  RECONCILED_SUMMARIZED = CASE WHEN :is_measured = 1 THEN :summarized_count /*number*/ ELSE RECONCILED_SUMMARIZED END,
  RECONCILED_MISSING = CASE WHEN :is_measured = 1 THEN :missing_count /*number*/ ELSE RECONCILED_MISSING END,
  RECONCILED_OLDEST = CASE WHEN :is_measured = 1 THEN :oldest_time /*timestamp*/ ELSE RECONCILED_OLDEST END
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
      COUNT(CASE WHEN s.TEXT_TIME < :settled_until /*timestamp*/ THEN 1 END) AS SETTLED_ROWS,
      MAX(CASE WHEN s.TEXT_TIME < :settled_until THEN s.TEXT_TIME END) AS SETTLED_TIME
    FROM (
      SELECT CALL_ID, MIN(TEXT_TIME) AS OLDEST_TIME
      FROM {source}
      WHERE TEXT_TIME >= :window_start /*timestamp*/
      AND TEXT_TIME < :window_end /*timestamp*/
      GROUP BY CALL_ID
    ) n
    JOIN {source} s ON s.CALL_ID = n.CALL_ID
    GROUP BY n.CALL_ID, n.OLDEST_TIME
    HAVING MIN(CASE WHEN s.TEXT_TIME >= :range_start /*timestamp*/ THEN s.TEXT_TIME END) = n.OLDEST_TIME
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
