-- What the demo of events runs as the DBA: the source table, who may read it, and what it looks at.

-- create_table --
CREATE TABLE {table} (
  ID NUMBER(19) PRIMARY KEY,
  CASE_ID VARCHAR2(50),
  EVENT_TYPE VARCHAR2(50),
  EVENT_DATA CLOB,
  EVENT_TIMESTAMP TIMESTAMP DEFAULT SYSTIMESTAMP,
  CREATED_AT TIMESTAMP DEFAULT SYSTIMESTAMP
)

-- index_time --
CREATE INDEX SPC.TXLOG_EVENTS_TIME_IX ON {table} (CREATED_AT, ID)

-- grant_log_in --
GRANT CREATE SESSION TO {user}

-- grant_table --
GRANT SELECT ON {table} TO {user}

-- insert_row --
INSERT INTO {table} (ID, CASE_ID, EVENT_TYPE, EVENT_DATA)
VALUES (:id, :case_id, :event_type, :data)

-- read_rows --
SELECT TO_CHAR(ID), CASE_ID, EVENT_TYPE, EVENT_DATA, CREATED_AT
FROM {table}

-- newest_rows --
SELECT ID, EVENT_TYPE, CREATED_AT
FROM {table}
ORDER BY CREATED_AT DESC, ID
FETCH FIRST 10 ROWS ONLY
