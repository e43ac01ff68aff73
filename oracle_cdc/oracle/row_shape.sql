-- What Oracle's dictionary says of a table whose rows are read.

-- read_row_columns --
-- The columns of a table or view, in their order.
SELECT COLUMN_NAME, DATA_TYPE, DATA_TYPE_OWNER, DATA_SCALE, NULLABLE
FROM ALL_TAB_COLUMNS
WHERE OWNER = :owner
AND TABLE_NAME = :table_name
ORDER BY COLUMN_ID

-- read_unique_keys --
-- What is unique in a table: a row for each column of each key that holds for all of its rows.
SELECT i.OWNER AS KEY_OWNER, i.INDEX_NAME AS KEY_NAME, c.COLUMN_NAME
FROM ALL_INDEXES i
JOIN ALL_IND_COLUMNS c ON c.INDEX_OWNER = i.OWNER AND c.INDEX_NAME = i.INDEX_NAME
WHERE i.TABLE_OWNER = :owner
AND i.TABLE_NAME = :table_name
AND i.UNIQUENESS = 'UNIQUE'
UNION ALL
SELECT k.OWNER, k.CONSTRAINT_NAME, c.COLUMN_NAME
FROM ALL_CONSTRAINTS k
JOIN ALL_CONS_COLUMNS c ON c.OWNER = k.OWNER AND c.CONSTRAINT_NAME = k.CONSTRAINT_NAME
WHERE k.OWNER = :owner
AND k.TABLE_NAME = :table_name
AND k.CONSTRAINT_TYPE IN ('P', 'U')
AND k.STATUS = 'ENABLED'
AND k.VALIDATED = 'VALIDATED'

-- may_be_view --
-- A row if a view has this name.
SELECT VIEW_NAME
FROM ALL_VIEWS
WHERE OWNER = :owner
AND VIEW_NAME = :table_name
