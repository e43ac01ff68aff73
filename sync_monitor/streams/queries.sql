-- What the monitor asks of tables that this product's pipelines keep, and of GoldenGate. Counts and times alone.

-- conversations --
-- What the last whole sweep found, how far the watermark is, and how many answers are overdue.
SELECT
  SYS_EXTRACT_UTC(SYSTIMESTAMP) AS NOW_TIME,
  M.LAST_PROCESSED_TIMESTAMP AS WATERMARK,
  M.RECONCILED_AT,
  M.RECONCILED_SOURCE,
  M.RECONCILED_MISSING,
  (
    SELECT COUNT(*)
    FROM CDC_PROCESSED_CALLS
    WHERE STATE = 'SENT'
    AND (SENT_AT IS NULL OR SENT_AT < SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(:deadline_minutes /*number*/, 'MINUTE'))
  ) AS OVERDUE
FROM CDC_PROCESSING_STATUS M
WHERE M.TABLE_NAME = :mode_name

-- change_tables --
-- The tables whose changes are captured.
SELECT
  SYS_EXTRACT_UTC(SYSTIMESTAMP) AS NOW_TIME,
  CHANGE_TABLE,
  TOTAL_SHIPPED
FROM CDC_CHANGE_TABLES
WHERE IS_ENABLED = 1
ORDER BY TABLE_NAME

-- heartbeat_age --
-- When the row was changed last that is captured as any table is.
SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) AS NOW_TIME, MAX(BEAT_AT) AS BEAT_AT FROM CDC_HEARTBEAT
