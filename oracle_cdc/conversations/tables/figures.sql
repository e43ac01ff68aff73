-- What `status` and the metrics count.

-- part is_overdue --
-- Beside STATE = 'SENT': the answer has not come in time.
(SENT_AT IS NULL OR SENT_AT < SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(:deadline_minutes /*number*/, 'MINUTE'))

-- count_states --
-- The ledger by state.
SELECT STATE, COUNT(*) AS CALLS
FROM CDC_PROCESSED_CALLS
GROUP BY STATE

-- count_failures --
-- How many were set aside.
SELECT COUNT(*) AS FAILURES
FROM SQS_PERMANENT_FAILURES

-- count_empty --
-- Answers in which nothing was that anybody asked for; the index holds only those.
SELECT COUNT(*) AS ANSWERS
FROM DICTA_CALL_SUMMARY
WHERE IS_EMPTY = 1

-- count_overdue --
-- Sent calls whose answer has not come in time.
SELECT COUNT(*) AS CALLS
FROM CDC_PROCESSED_CALLS
WHERE STATE = 'SENT'
AND {is_overdue}

-- read_figures --
-- What monitoring wants to know beside the loops' own counts: when the oldest segment was said that the ledger has found
-- and not sent, how many answers are overdue, how much was set aside.
SELECT
  {now} AS NOW_TIME,
  (
    SELECT MIN(s.TEXT_TIME)
    FROM (
      SELECT TO_NUMBER(CALL_ID) AS CALL_ID, TEXT_TIME
      FROM CDC_PROCESSED_CALLS
      WHERE STATE IN ('OPEN', 'LEASED')
      AND {names_a_call}
    ) l
    JOIN {source} s ON s.CALL_ID = l.CALL_ID
    WHERE s.TEXT_TIME >= {first_time}
    AND (l.TEXT_TIME IS NULL OR (s.TEXT_TIME > l.TEXT_TIME AND s.TEXT_TIME - l.TEXT_TIME >= INTERVAL '0.000001' SECOND))
  ) AS OLDEST_UNSENT,
  (
    SELECT COUNT(*)
    FROM CDC_PROCESSED_CALLS
    WHERE STATE = 'SENT'
    AND {is_overdue}
  ) AS OVERDUE,
  (SELECT COUNT(*) FROM SQS_PERMANENT_FAILURES) AS FAILURES
FROM DUAL

-- list_overdue --
-- The oldest of them first.
SELECT CALL_ID, SENT_REVISION, SENT_AT, SQS_MESSAGE_ID
FROM CDC_PROCESSED_CALLS
WHERE STATE = 'SENT'
AND {is_overdue}
ORDER BY SENT_AT
FETCH FIRST :row_limit /*number*/ ROWS ONLY

-- list_leases --
-- Who holds what.
SELECT LEASE_OWNER, COUNT(*) AS CALLS, MAX(LEASE_UNTIL) AS UNTIL_TIME
FROM CDC_PROCESSED_CALLS
WHERE STATE = 'LEASED'
GROUP BY LEASE_OWNER
ORDER BY LEASE_OWNER
