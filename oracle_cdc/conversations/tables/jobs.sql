-- The historical job in its row of CDC_PROCESSING_STATUS.

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
    AND n.LAST_UPDATED > CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:stale_seconds /*number*/, 'SECOND') THEN 1
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
  JOB_START = :job_start /*timestamp*/,
  JOB_END = :job_end /*timestamp*/,
  JOB_RATE = :job_rate /*number*/,
  JOB_RESEND = :is_resend /*number*/,
  JOB_SETTING = NVL(:job_setting, JOB_SETTING),
  LAST_PROCESSED_TIMESTAMP = :job_start
WHERE TABLE_NAME = 'CDC_HISTORICAL_MODE'
AND NVL(JOB_ID, '-') = NVL(:seen_job, '-')

-- set_rate --
-- The pace of the historical job; whoever works on it follows.
UPDATE CDC_PROCESSING_STATUS
SET JOB_RATE = :job_rate /*number*/
WHERE TABLE_NAME = 'CDC_HISTORICAL_MODE'
AND JOB_ID = :job_id

-- count_unfinished --
-- Calls that a job has claimed and that are not done: put off, still talking, in somebody's hands.
SELECT COUNT(*) AS CALLS
FROM CDC_PROCESSED_CALLS
WHERE STATE IN ('OPEN', 'LEASED')
AND JOB_ID = :job_id

-- next_segment --
-- Where the source goes on: one step into its index, however long the empty time is.
SELECT MIN(TEXT_TIME) AS NEXT_TIME
FROM {source}
WHERE TEXT_TIME >= :window_start /*timestamp*/
