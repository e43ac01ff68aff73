-- CDC_PROCESSING_STATUS: watermark, switch and heartbeat of the two modes.

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
SET LAST_PROCESSED_TIMESTAMP = NVL(LAST_PROCESSED_TIMESTAMP, {now} - NUMTODSINTERVAL(:window_minutes /*number*/, 'MINUTE')),
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
  TOTAL_PROCESSED = NVL(TOTAL_PROCESSED, 0) + CASE WHEN TABLE_NAME = :mode_name THEN :accepted /*number*/ ELSE 0 END,
  LAST_PROCESSED_TIMESTAMP = CASE
    WHEN TABLE_NAME = :mode_name
      AND NVL(LAST_PROCESSED_TIMESTAMP, JOB_START) >= :seen_watermark /*timestamp*/
      AND NVL(LAST_PROCESSED_TIMESTAMP, JOB_START) - :seen_watermark < INTERVAL '0.000001' SECOND THEN :new_watermark /*timestamp*/
    ELSE LAST_PROCESSED_TIMESTAMP
  END
WHERE TABLE_NAME IN ('CDC_NORMAL_MODE', 'CDC_HISTORICAL_MODE')
AND (:is_one_mode /*number*/ = 0 OR TABLE_NAME = :mode_name)

-- lock_modes --
-- Is a mode's row locked by another session (ORA-00054)?
SELECT TABLE_NAME
FROM CDC_PROCESSING_STATUS
WHERE TABLE_NAME IN ('CDC_NORMAL_MODE', 'CDC_HISTORICAL_MODE')
FOR UPDATE NOWAIT

-- part is_normal_enabled --
-- Retries, takeovers and overdue answers wait while a DBA has paused normal mode.
EXISTS (SELECT 1 FROM CDC_PROCESSING_STATUS WHERE TABLE_NAME = 'CDC_NORMAL_MODE' AND IS_ENABLED = 1)
