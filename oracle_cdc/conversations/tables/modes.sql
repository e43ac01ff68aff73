-- CDC_PROCESSING_STATUS: watermark and switch of the two modes.

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

-- part is_normal_enabled --
-- Retries, takeovers and overdue answers wait while a DBA has paused normal mode.
EXISTS (SELECT 1 FROM CDC_PROCESSING_STATUS WHERE TABLE_NAME = 'CDC_NORMAL_MODE' AND IS_ENABLED = 1)
