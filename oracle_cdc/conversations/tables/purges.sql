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

-- find_purgeable --
-- The oldest calls that nothing is left to do for, and whose rows no window, sweep or job reaches any more.
SELECT CALL_ID
FROM CDC_PROCESSED_CALLS
WHERE {is_purgeable}
ORDER BY PROCESSED_AT
OFFSET :passed_count /*number*/ ROWS FETCH NEXT :row_limit /*number*/ ROWS ONLY

-- purge_ledger --
-- One of them, if it is still so once it is locked.
DELETE FROM CDC_PROCESSED_CALLS
WHERE CALL_ID = :call_id
AND {is_purgeable}

-- part is_purgeable --
STATE IN ('SUMMARIZED', 'REJECTED_TOO_SHORT', 'REJECTED_MISSING_CHANNEL')
AND PROCESSED_AT < CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:days /*number*/, 'DAY')
AND NVL(NEWEST_READ, TEXT_TIME) < :needed_from /*timestamp*/
