-- DICTA_CALL_SUMMARY: the answers, and what the ledger learns of them.

-- lock_summaries --
-- The same for answers.
SELECT CALL_ID
FROM DICTA_CALL_SUMMARY
WHERE CALL_ID IN ({ids})
FOR UPDATE NOWAIT

-- find_answered --
-- What ledger and summaries know of the calls that results came for. What the ledger no longer knows was sent at least as
-- often as it was answered.
SELECT
  k.CALL_ID,
  NVL(l.SENT_REVISION, d.REVISION) AS SENT_REVISION,
  GREATEST(NVL(l.REVISION, 0), NVL(l.SENT_REVISION, 0)) AS NEWEST_REVISION,
  l.BAN,
  l.SUBSCRIBER_NO,
  l.CALL_TIME,
  CASE WHEN l.CALL_ID IS NULL THEN 0 ELSE 1 END AS IS_KNOWN,
  CASE WHEN d.CALL_ID IS NULL THEN 0 ELSE 1 END AS IS_STORED
FROM (
  SELECT CALL_ID FROM CDC_PROCESSED_CALLS WHERE CALL_ID IN ({ids})
  UNION
  SELECT CALL_ID FROM DICTA_CALL_SUMMARY WHERE CALL_ID IN ({ids})
) k
LEFT JOIN CDC_PROCESSED_CALLS l ON l.CALL_ID = k.CALL_ID
LEFT JOIN DICTA_CALL_SUMMARY d ON d.CALL_ID = k.CALL_ID

-- insert_summary --
-- A first answer. ORA-00001: another copy was faster; then update_summary.
INSERT INTO DICTA_CALL_SUMMARY
  (CALL_ID, CUSTOMER_ID, SUBSCRIBER_NO, CALL_TIME, SUMMARY_TEXT, SENTIMENT, CLASSIFICATION_PRIMARY, CLASSIFICATION_ALL,
  CONFIDENCE_SCORE, ML_PROCESSING_TIME_MS, ML_MODEL_VERSION, PROCESSED_AT, REVISION, SENT_TIMESTAMP, IS_EMPTY)
VALUES (
  :call_id, :ban, :subscriber_no, :call_time /*timestamp*/, :summary, :sentiment, :classification_primary, :classification_all,
  :confidence /*number*/, :processing_ms /*number*/, :model_version, CAST(SYSTIMESTAMP AS TIMESTAMP), :revision /*number*/, :sent_ms /*number*/, :is_empty /*number*/
)

-- update_summary --
-- A newer answer: only a greater (revision, SentTimestamp) replaces what is stored. Whose call it is and when it began stay
-- where neither the answer nor the ledger, which may have been purged, say so.
UPDATE DICTA_CALL_SUMMARY
SET CUSTOMER_ID = NVL(:ban, CUSTOMER_ID),
  SUBSCRIBER_NO = NVL(:subscriber_no, SUBSCRIBER_NO),
  CALL_TIME = NVL(:call_time /*timestamp*/, CALL_TIME),
  SUMMARY_TEXT = :summary,
  SENTIMENT = :sentiment,
  CLASSIFICATION_PRIMARY = :classification_primary,
  CLASSIFICATION_ALL = :classification_all,
  CONFIDENCE_SCORE = :confidence /*number*/,
  ML_PROCESSING_TIME_MS = :processing_ms /*number*/,
  ML_MODEL_VERSION = :model_version,
  PROCESSED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP),
  REVISION = :revision /*number*/,
  SENT_TIMESTAMP = :sent_ms /*number*/,
  IS_EMPTY = :is_empty /*number*/
WHERE CALL_ID = :call_id
AND (
  REVISION IS NULL
  OR REVISION < :revision
  OR (REVISION = :revision AND NVL(SENT_TIMESTAMP, 0) < :sent_ms)
)

-- mark_summarized --
-- The ledger learns of an answer. Only SENT at that revision becomes SUMMARIZED: LEASED, OPEN and FAILED have work left.
-- VERSION stays: a claim that is being made for newer rows must not miss them for that.
UPDATE CDC_PROCESSED_CALLS
SET SUMMARIZED_REVISION = GREATEST(NVL(SUMMARIZED_REVISION, 0), :revision /*number*/),
  PROCESSED_AT = CASE
    WHEN STATE = 'SENT' AND SENT_REVISION <= :revision THEN CAST(SYSTIMESTAMP AS TIMESTAMP)
    ELSE PROCESSED_AT
  END,
  STATE = CASE WHEN STATE = 'SENT' AND SENT_REVISION <= :revision THEN 'SUMMARIZED' ELSE STATE END
WHERE CALL_ID = :call_id
