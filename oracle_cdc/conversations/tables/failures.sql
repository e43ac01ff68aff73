-- SQS_PERMANENT_FAILURES: what was set aside, and what a person does about it.

-- clear_failure --
-- A call that was sent after all.
DELETE FROM SQS_PERMANENT_FAILURES
WHERE CALL_ID = :call_id
AND NVL(DIRECTION, 'OUTBOUND') = 'OUTBOUND'

-- part failure_columns --
-- What is said of a failure, without its body.
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

-- list_failures --
-- What was set aside, the oldest first, without its bodies; an empty call_id or failed_days below 0 asks for all.
SELECT {failure_columns}
FROM SQS_PERMANENT_FAILURES
WHERE (:call_id IS NULL OR CALL_ID = :call_id OR LTRIM(CALL_ID, '0') = :spelled)
AND (:failed_days /*number*/ < 0 OR MARKED_FAILED_AT < CAST(SYSTIMESTAMP AS TIMESTAMP) - NUMTODSINTERVAL(:failed_days, 'DAY'))
ORDER BY MARKED_FAILED_AT, FAILURE_ID

-- read_failure --
-- One of them.
SELECT {failure_columns}
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
