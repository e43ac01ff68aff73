-- What the data dictionary says of tables and of the database. Nothing here is more than a SELECT.

-- list_tables --
-- Every table and view that this user may read, but for what comes with Oracle itself, what was
-- dropped and the inner parts of other tables.
SELECT l.OWNER, l.NAME, l.KIND, l.NUM_ROWS, c.COMMENTS
FROM (
  SELECT t.OWNER, t.TABLE_NAME AS NAME, 'TABLE' AS KIND, t.NUM_ROWS
  FROM ALL_TABLES t
  WHERE t.NESTED = 'NO' AND t.SECONDARY = 'N' AND t.DROPPED = 'NO'
    AND (t.IOT_TYPE IS NULL OR t.IOT_TYPE = 'IOT')
  UNION ALL
  SELECT v.OWNER, v.VIEW_NAME, 'VIEW', NULL
  FROM ALL_VIEWS v
) l
LEFT JOIN ALL_TAB_COMMENTS c ON c.OWNER = l.OWNER AND c.TABLE_NAME = l.NAME
WHERE l.OWNER NOT IN (SELECT u.USERNAME FROM ALL_USERS u WHERE u.ORACLE_MAINTAINED = 'Y')
ORDER BY l.OWNER, l.NAME

-- find_table --
-- One table or view, whoever's it is.
SELECT l.OWNER, l.NAME, l.KIND, l.NUM_ROWS, c.COMMENTS
FROM (
  SELECT t.OWNER, t.TABLE_NAME AS NAME, 'TABLE' AS KIND, t.NUM_ROWS
  FROM ALL_TABLES t
  WHERE t.OWNER = :owner AND t.TABLE_NAME = :table_name
  UNION ALL
  SELECT v.OWNER, v.VIEW_NAME, 'VIEW', NULL
  FROM ALL_VIEWS v
  WHERE v.OWNER = :owner AND v.VIEW_NAME = :table_name
) l
LEFT JOIN ALL_TAB_COMMENTS c ON c.OWNER = l.OWNER AND c.TABLE_NAME = l.NAME

-- find_synonym --
-- What a name stands for that is no table's: a synonym of its owner, else a public one.
SELECT s.OWNER, s.TABLE_OWNER, s.TABLE_NAME
FROM ALL_SYNONYMS s
WHERE s.SYNONYM_NAME = :table_name AND s.OWNER IN (:owner, 'PUBLIC') AND s.DB_LINK IS NULL
ORDER BY CASE s.OWNER WHEN 'PUBLIC' THEN 2 ELSE 1 END

-- read_columns --
-- The columns of a table or view, in their order. DATA_DEFAULT is a LONG, which can stand in a plain
-- select list only.
SELECT c.COLUMN_NAME, c.DATA_TYPE, c.DATA_TYPE_OWNER, c.DATA_LENGTH, c.CHAR_LENGTH, c.CHAR_USED,
  c.DATA_PRECISION, c.DATA_SCALE, c.NULLABLE, c.DATA_DEFAULT
FROM ALL_TAB_COLUMNS c
WHERE c.OWNER = :owner AND c.TABLE_NAME = :table_name
ORDER BY c.COLUMN_ID

-- read_column_comments --
-- What people wrote about the columns.
SELECT c.COLUMN_NAME, c.COMMENTS
FROM ALL_COL_COMMENTS c
WHERE c.OWNER = :owner AND c.TABLE_NAME = :table_name AND c.COMMENTS IS NOT NULL

-- read_keys --
-- Primary, unique and foreign keys, a row for each column, with what a foreign one refers to.
SELECT k.CONSTRAINT_NAME, k.CONSTRAINT_TYPE, c.COLUMN_NAME, r.OWNER AS PARENT_OWNER,
  r.TABLE_NAME AS PARENT_TABLE, p.COLUMN_NAME AS PARENT_COLUMN
FROM ALL_CONSTRAINTS k
JOIN ALL_CONS_COLUMNS c
  ON c.OWNER = k.OWNER AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME AND c.TABLE_NAME = k.TABLE_NAME
LEFT JOIN ALL_CONSTRAINTS r ON r.OWNER = k.R_OWNER AND r.CONSTRAINT_NAME = k.R_CONSTRAINT_NAME
LEFT JOIN ALL_CONS_COLUMNS p
  ON p.OWNER = r.OWNER AND p.CONSTRAINT_NAME = r.CONSTRAINT_NAME AND p.POSITION = c.POSITION
WHERE k.OWNER = :owner AND k.TABLE_NAME = :table_name AND k.CONSTRAINT_TYPE IN ('P', 'U', 'R')
ORDER BY k.CONSTRAINT_TYPE, k.CONSTRAINT_NAME, c.POSITION

-- read_indexes --
-- The indexes, a row for each column.
SELECT i.OWNER, i.INDEX_NAME, i.INDEX_TYPE, i.UNIQUENESS, c.COLUMN_NAME
FROM ALL_INDEXES i
JOIN ALL_IND_COLUMNS c ON c.INDEX_OWNER = i.OWNER AND c.INDEX_NAME = i.INDEX_NAME
WHERE i.TABLE_OWNER = :owner AND i.TABLE_NAME = :table_name
ORDER BY i.OWNER, i.INDEX_NAME, c.COLUMN_POSITION

-- read_session --
-- Who asks, and what time it is there.
SELECT SYS_CONTEXT('USERENV', 'SESSION_USER') AS SESSION_USER,
  SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA') AS CURRENT_SCHEMA,
  TO_CHAR(SYSTIMESTAMP, 'YYYY-MM-DD"T"HH24:MI:SS.FF3TZH:TZM') AS TIME_THERE,
  DBTIMEZONE AS TIME_ZONE
FROM DUAL

-- read_character_sets --
-- In which characters it stores texts.
SELECT n.PARAMETER, n.VALUE
FROM NLS_DATABASE_PARAMETERS n
WHERE n.PARAMETER IN ('NLS_CHARACTERSET', 'NLS_NCHAR_CHARACTERSET')

-- read_banner --
-- What it calls itself.
SELECT v.BANNER
FROM V$VERSION v
