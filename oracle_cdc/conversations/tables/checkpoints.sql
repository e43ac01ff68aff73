-- What `checkpoint reset` counts and moves.

-- count_range --
-- How many calls have segments in a range, and how many of them the ledger does not know; stops after row_limit rows.
SELECT
  COUNT(*) AS CALLS,
  NVL(SUM(c.SEGMENTS), 0) AS SEGMENTS,
  NVL(SUM(CASE WHEN l.CALL_ID IS NULL THEN 1 ELSE 0 END), 0) AS UNKNOWN_CALLS
FROM (
  SELECT r.CALL_ID, COUNT(*) AS SEGMENTS
  FROM (
    SELECT CALL_ID
    FROM {source}
    WHERE TEXT_TIME >= :window_start /*timestamp*/
    AND TEXT_TIME < :window_end /*timestamp*/
    FETCH FIRST :row_limit /*number*/ ROWS ONLY
  ) r
  GROUP BY r.CALL_ID
) c
LEFT JOIN CDC_PROCESSED_CALLS l ON l.CALL_ID = TO_CHAR(c.CALL_ID)

-- move_watermark --
-- Somebody decided where a mode goes on; normal mode's coverage begins no later than that.
UPDATE CDC_PROCESSING_STATUS
SET LAST_PROCESSED_TIMESTAMP = :new_watermark /*timestamp*/,
  COVERAGE_START = CASE
    WHEN TABLE_NAME = 'CDC_NORMAL_MODE' THEN LEAST(NVL(COVERAGE_START, :new_watermark), :new_watermark)
    ELSE COVERAGE_START
  END
WHERE TABLE_NAME = :mode_name
