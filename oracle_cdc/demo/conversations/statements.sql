-- What the demo runs as the DBA: the source table, who may read it, and what it looks at.

-- create_source --
CREATE TABLE {source} (
  CALL_ID NUMBER NOT NULL,
  BAN VARCHAR2(50) NOT NULL,
  SUBSCRIBER_NO VARCHAR2(50),
  OWNER CHAR(1) NOT NULL,
  TEXT CLOB NOT NULL,
  TEXT_TIME TIMESTAMP NOT NULL,
  CALL_TIME TIMESTAMP NOT NULL
)

-- index_text_time --
CREATE INDEX RTBI.VERINT_TEXT_TIME_IX ON {source} (TEXT_TIME)

-- index_call --
CREATE INDEX RTBI.VERINT_CALL_IX ON {source} (CALL_ID, TEXT_TIME)

-- grant_own_tables --
GRANT CREATE SESSION, CREATE TABLE, CREATE SEQUENCE TO {user}

-- grant_source --
GRANT SELECT ON {source} TO {user}

-- read_clock --
SELECT CAST(SYSTIMESTAMP AS TIMESTAMP) FROM DUAL

-- insert_segment --
INSERT INTO {source} (CALL_ID, BAN, SUBSCRIBER_NO, OWNER, TEXT, TEXT_TIME, CALL_TIME)
VALUES (:call_id, :ban, :subscriber_no, :owner, :text, :text_time, :call_time)

-- read_answered --
SELECT CALL_ID
FROM {user}.CDC_PROCESSED_CALLS
WHERE STATE NOT IN ('OPEN', 'LEASED', 'SENT')

-- read_states --
SELECT STATE, COUNT(*), NVL(SUM(ROWS_READ), 0)
FROM {user}.CDC_PROCESSED_CALLS
GROUP BY STATE

-- count_failures --
SELECT COUNT(*)
FROM {user}.SQS_PERMANENT_FAILURES

-- read_ledger --
SELECT CALL_ID, STATE, NVL(SENT_REVISION, 0)
FROM {user}.CDC_PROCESSED_CALLS

-- read_summaries --
SELECT CALL_ID, NVL(REVISION, 0), SENTIMENT, CLASSIFICATION_PRIMARY, SUMMARY_TEXT
FROM {user}.DICTA_CALL_SUMMARY

-- read_failures --
SELECT CALL_ID, ERROR_MESSAGE
FROM {user}.SQS_PERMANENT_FAILURES
