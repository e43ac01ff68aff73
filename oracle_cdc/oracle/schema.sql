-- Oracle's own dictionary: tables, columns, rights and indexes.

-- find_owners --
-- Tables of ours that other users have and this one may use.
SELECT TABLE_NAME, OWNER
FROM ALL_TABLES
WHERE OWNER <> USER
AND TABLE_NAME IN ({ids})

-- may_create_tables --
-- A row if this user may create tables of its own.
SELECT PRIVILEGE
FROM SESSION_PRIVS
WHERE PRIVILEGE IN ('CREATE TABLE', 'CREATE ANY TABLE')

-- describe_table --
-- The columns of a table, wherever its name resolves to; no row is read.
SELECT *
FROM {table}
WHERE 1 = 0

-- probe_insert --
-- May the user insert? Changes nothing.
INSERT INTO {table} ({column})
SELECT {column} FROM {table} WHERE 1 = 0

-- probe_update --
-- May the user update? Changes nothing.
UPDATE {table}
SET {column} = {column}
WHERE 1 = 0

-- probe_delete --
-- May the user delete? Changes nothing.
DELETE FROM {table}
WHERE 1 = 0

-- read_index_columns --
-- The columns of a table's indexes, in order.
SELECT INDEX_NAME, COLUMN_NAME, COLUMN_POSITION
FROM ALL_IND_COLUMNS
WHERE TABLE_OWNER = :owner
AND TABLE_NAME = :table_name
ORDER BY INDEX_NAME, COLUMN_POSITION
