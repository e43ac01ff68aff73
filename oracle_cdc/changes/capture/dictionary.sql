-- What Oracle's dictionary says of a table that is captured, and of what captures it.

-- read_captured_columns --
-- The columns of a table, in their order.
SELECT c.COLUMN_NAME, c.DATA_TYPE, c.DATA_TYPE_OWNER, c.DATA_LENGTH, c.CHAR_LENGTH
FROM ALL_TAB_COLUMNS c
WHERE c.OWNER = :owner AND c.TABLE_NAME = :table_name
ORDER BY c.COLUMN_ID

-- read_primary_key --
-- The primary key, a row for each column, with what makes it one that holds at every moment.
SELECT k.CONSTRAINT_NAME, k.STATUS, k.DEFERRABLE, i.UNIQUENESS, c.COLUMN_NAME
FROM ALL_CONSTRAINTS k
JOIN ALL_CONS_COLUMNS c ON c.OWNER = k.OWNER AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME
LEFT JOIN ALL_INDEXES i ON i.OWNER = NVL(k.INDEX_OWNER, k.OWNER) AND i.INDEX_NAME = k.INDEX_NAME
WHERE k.OWNER = :owner AND k.TABLE_NAME = :table_name AND k.CONSTRAINT_TYPE = 'P'
ORDER BY c.POSITION

-- read_triggers --
-- The triggers on a table that this user may see: those of his own tables and of tables on which he
-- has any right, all where he may make triggers on any. Whether they compile is seen with DEBUG.
-- TRIGGER_BODY is a LONG, which can stand in a plain select list only.
SELECT t.TRIGGER_NAME, t.STATUS, o.STATUS AS VALIDITY, t.TRIGGER_BODY
FROM ALL_TRIGGERS t
LEFT JOIN ALL_OBJECTS o
  ON o.OWNER = t.OWNER AND o.OBJECT_NAME = t.TRIGGER_NAME AND o.OBJECT_TYPE = 'TRIGGER'
WHERE t.TABLE_OWNER = :owner AND t.TABLE_NAME = :table_name AND t.OWNER = t.TABLE_OWNER

-- list_tables --
-- The tables of a schema that this user sees, but for inner parts of others.
SELECT t.TABLE_NAME
FROM ALL_TABLES t
WHERE t.OWNER = :owner AND t.NESTED = 'NO' AND t.SECONDARY = 'N' AND t.DROPPED = 'NO'
  AND (t.IOT_TYPE IS NULL OR t.IOT_TYPE = 'IOT')
ORDER BY t.TABLE_NAME

-- describe_columns --
-- The columns of a table with all that its model says of them.
SELECT c.COLUMN_NAME, c.DATA_TYPE, c.DATA_TYPE_OWNER, c.DATA_LENGTH, c.CHAR_LENGTH, c.CHAR_USED,
  c.DATA_PRECISION, c.DATA_SCALE, c.NULLABLE, m.COMMENTS
FROM ALL_TAB_COLUMNS c
LEFT JOIN ALL_COL_COMMENTS m
  ON m.OWNER = c.OWNER AND m.TABLE_NAME = c.TABLE_NAME AND m.COLUMN_NAME = c.COLUMN_NAME
WHERE c.OWNER = :owner AND c.TABLE_NAME = :table_name
ORDER BY c.COLUMN_ID
