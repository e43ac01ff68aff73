-- What the minute check asks: of all captured tables at once, so that its cost does not grow with them.

-- read_captured_sources --
-- The columns of the captured tables that this user sees.
SELECT r.TABLE_NAME AS CAPTURED, c.COLUMN_NAME, c.DATA_TYPE, c.DATA_TYPE_OWNER, c.DATA_LENGTH,
  c.CHAR_LENGTH
FROM CDC_CHANGE_TABLES r
JOIN ALL_TAB_COLUMNS c ON c.OWNER = r.SOURCE_OWNER AND c.TABLE_NAME = r.SOURCE_TABLE
ORDER BY r.TABLE_NAME, c.COLUMN_ID

-- read_change_logs --
-- The columns of the change tables.
SELECT r.TABLE_NAME AS CAPTURED, c.COLUMN_NAME, c.DATA_TYPE, c.DATA_TYPE_OWNER, c.DATA_LENGTH,
  c.CHAR_LENGTH
FROM CDC_CHANGE_TABLES r
JOIN USER_TAB_COLUMNS c ON c.TABLE_NAME = r.CHANGE_TABLE
ORDER BY r.TABLE_NAME, c.COLUMN_ID

-- read_capturing_triggers --
-- Their triggers: ALL_TRIGGERS shows those of tables on which this user has any right, ALL_OBJECTS
-- whether they compile, where he has DEBUG on them.
-- TRIGGER_BODY is a LONG, which can stand in a plain select list only.
SELECT r.TABLE_NAME AS CAPTURED, t.TRIGGER_NAME, t.STATUS, o.STATUS AS VALIDITY, o.LAST_DDL_TIME,
  t.TRIGGER_BODY
FROM CDC_CHANGE_TABLES r
JOIN ALL_TRIGGERS t ON t.TABLE_OWNER = r.SOURCE_OWNER AND t.TABLE_NAME = r.SOURCE_TABLE
  AND t.OWNER = t.TABLE_OWNER
LEFT JOIN ALL_OBJECTS o
  ON o.OWNER = t.OWNER AND o.OBJECT_NAME = t.TRIGGER_NAME AND o.OBJECT_TYPE = 'TRIGGER'

-- read_keys_of_sources --
-- Their primary keys, a row for each column, with what makes each one that holds at every moment.
SELECT r.TABLE_NAME AS CAPTURED, k.CONSTRAINT_NAME, k.STATUS, k.DEFERRABLE, i.UNIQUENESS,
  c.COLUMN_NAME
FROM CDC_CHANGE_TABLES r
JOIN ALL_CONSTRAINTS k ON k.OWNER = r.SOURCE_OWNER AND k.TABLE_NAME = r.SOURCE_TABLE
  AND k.CONSTRAINT_TYPE = 'P'
JOIN ALL_CONS_COLUMNS c ON c.OWNER = k.OWNER AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME
LEFT JOIN ALL_INDEXES i ON i.OWNER = NVL(k.INDEX_OWNER, k.OWNER) AND i.INDEX_NAME = k.INDEX_NAME

-- read_ddl_on_sources --
-- When the last DDL was done on each. TRUNCATE and DISABLE ALL TRIGGERS are, GRANT and CREATE INDEX
-- too.
SELECT r.TABLE_NAME AS CAPTURED, o.LAST_DDL_TIME
FROM CDC_CHANGE_TABLES r
JOIN ALL_OBJECTS o ON o.OWNER = r.SOURCE_OWNER AND o.OBJECT_NAME = r.SOURCE_TABLE
  AND o.OBJECT_TYPE = 'TABLE'

-- read_rights_on_sources --
-- The rights that this user has on the captured tables.
SELECT DISTINCT r.TABLE_NAME AS CAPTURED, p.PRIVILEGE
FROM CDC_CHANGE_TABLES r
JOIN ALL_TAB_PRIVS p ON p.TABLE_SCHEMA = r.SOURCE_OWNER AND p.TABLE_NAME = r.SOURCE_TABLE

-- read_rights_on_triggers --
-- The rights by which he sees the triggers of any table.
SELECT PRIVILEGE
FROM SESSION_PRIVS
WHERE PRIVILEGE IN ('CREATE ANY TRIGGER', 'DEBUG ANY PROCEDURE')
