-- What the retention gives up, in small batches.

-- part is_old_log --
CREATED_AT < CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:days /*number*/, 'DAY')

-- find_old_log --
-- The journal's oldest rows.
SELECT ROWID AS PLACE
FROM CDC_PROCESSING_LOG
WHERE {is_old_log}
ORDER BY CREATED_AT
OFFSET :passed_count /*number*/ ROWS FETCH NEXT :row_limit /*number*/ ROWS ONLY

-- lock_old_log --
-- Those of them that nobody else holds.
SELECT ROWID AS PLACE
FROM CDC_PROCESSING_LOG
WHERE ROWID IN ({ids})
FOR UPDATE SKIP LOCKED

-- purge_log --
-- One of them, if it is still so once it is locked: its place may have become another row's.
DELETE FROM CDC_PROCESSING_LOG
WHERE ROWID = :place
AND {is_old_log}

-- part is_old_error --
ERROR_TIMESTAMP < CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:days /*number*/, 'DAY')

-- find_old_errors --
-- The oldest errors.
SELECT ROWID AS PLACE
FROM ERROR_LOG
WHERE {is_old_error}
ORDER BY ERROR_TIMESTAMP
OFFSET :passed_count /*number*/ ROWS FETCH NEXT :row_limit /*number*/ ROWS ONLY

-- lock_old_errors --
-- Those of them that nobody else holds.
SELECT ROWID AS PLACE
FROM ERROR_LOG
WHERE ROWID IN ({ids})
FOR UPDATE SKIP LOCKED

-- purge_errors --
-- One of them, if it is still so once it is locked.
DELETE FROM ERROR_LOG
WHERE ROWID = :place
AND {is_old_error}

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
