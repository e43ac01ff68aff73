-- CDC_CHANGE_TABLES: which tables are captured, where to, and how much was shipped.

-- part registered --
SELECT TABLE_NAME, SOURCE_OWNER, SOURCE_TABLE, CHANGE_TABLE, KEYS, ALL_COLUMNS, LOBS, IS_ENABLED,
  INSTALLED_AT, LAST_UPDATED, LAST_CHANGE_ID, LAST_SHIPPED_AT, TOTAL_SHIPPED
FROM CDC_CHANGE_TABLES

-- read_change_tables --
-- All of them.
{registered}
ORDER BY TABLE_NAME

-- read_change_sequence --
-- What numbers the changes, which lies in the schema of the service.
SELECT ORDER_FLAG, LAST_NUMBER
FROM USER_SEQUENCES
WHERE SEQUENCE_NAME = :sequence_name

-- read_user --
-- The schema of the service.
SELECT USER AS NAME FROM DUAL

-- read_clock --
-- The database's clock, UTC.
SELECT CAST(SYS_EXTRACT_UTC(SYSTIMESTAMP) AS TIMESTAMP) AS NOW FROM DUAL

-- read_index --
-- A row if an index of this name is in the schema of the service.
SELECT INDEX_NAME
FROM USER_INDEXES
WHERE INDEX_NAME = :index_name
