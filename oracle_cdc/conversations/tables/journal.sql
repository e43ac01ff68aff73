-- What is written beside the ledger: CDC_PROCESSING_LOG, ERROR_LOG and SQS_PERMANENT_FAILURES.

-- write_log --
-- The journal of one batch.
INSERT INTO CDC_PROCESSING_LOG (BATCH_ID, CALL_ID, OPERATION_TYPE, PROCESSING_TIME_MS, STATUS, ERROR_MESSAGE)
VALUES (:batch_id, :call_id, :operation, :elapsed_ms /*number*/, :status, :error_message)

-- write_errors --
-- What failed, for the DBA.
INSERT INTO ERROR_LOG (CALL_ID, ERROR_MESSAGE, ERROR_TYPE, RETRY_COUNT)
VALUES (:call_id, :error_message, :error_type, :retry_count /*number*/)

-- set_aside --
-- A call or result that will not succeed. ORA-00001: this result is here already.
INSERT INTO SQS_PERMANENT_FAILURES
  (CALL_ID, ERROR_MESSAGE, TOTAL_ATTEMPTS, ORIGINAL_MESSAGE, DIRECTION, SQS_MESSAGE_ID, MESSAGE_TYPE, SENT_TIMESTAMP,
  REVISION)
VALUES (
  :call_id, :error_message, :attempts /*number*/, :original_message, :direction, :message_id, :message_type, :sent_ms /*number*/, :revision /*number*/
)

-- raise_failure --
-- A call that failed once more: its one row tells the latest of it.
UPDATE SQS_PERMANENT_FAILURES
SET ERROR_MESSAGE = :error_message,
  TOTAL_ATTEMPTS = NVL(TOTAL_ATTEMPTS, 0) + :attempts /*number*/,
  ORIGINAL_MESSAGE = :original_message,
  REVISION = :revision /*number*/,
  DIRECTION = 'OUTBOUND',
  MARKED_FAILED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP)
WHERE CALL_ID = :call_id
AND NVL(DIRECTION, 'OUTBOUND') = 'OUTBOUND'
