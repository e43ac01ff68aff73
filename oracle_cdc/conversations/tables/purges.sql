-- What the retention gives up, in small batches.

-- purge_log --
-- A small batch of the journal's oldest rows.
DELETE FROM CDC_PROCESSING_LOG
WHERE LOG_ID IN (
  SELECT LOG_ID
  FROM CDC_PROCESSING_LOG
  WHERE CREATED_AT < CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:days /*number*/, 'DAY')
  ORDER BY CREATED_AT
  FETCH FIRST :row_limit /*number*/ ROWS ONLY
)

-- purge_errors --
-- A small batch of the oldest errors.
DELETE FROM ERROR_LOG
WHERE ERROR_ID IN (
  SELECT ERROR_ID
  FROM ERROR_LOG
  WHERE ERROR_TIMESTAMP < CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:days /*number*/, 'DAY')
  ORDER BY ERROR_TIMESTAMP
  FETCH FIRST :row_limit /*number*/ ROWS ONLY
)

-- purge_ledger --
-- A small batch of calls that nothing is left to do for, and whose rows no window, sweep or job reaches any more.
DELETE FROM CDC_PROCESSED_CALLS
WHERE STATE IN ('SUMMARIZED', 'REJECTED_TOO_SHORT', 'REJECTED_MISSING_CHANNEL')
AND CALL_ID IN (
  SELECT CALL_ID
  FROM CDC_PROCESSED_CALLS
  WHERE STATE IN ('SUMMARIZED', 'REJECTED_TOO_SHORT', 'REJECTED_MISSING_CHANNEL')
  AND PROCESSED_AT < CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:days /*number*/, 'DAY')
  AND NVL(NEWEST_READ, TEXT_TIME) < :needed_from /*timestamp*/
  ORDER BY PROCESSED_AT
  FETCH FIRST :row_limit /*number*/ ROWS ONLY
)
