-- What the monitor asks of the data dictionary. The statements about a table's rows are made of its
-- names when it is known (tables.py, rows/statements.py).

-- columns --
SELECT COLUMN_NAME, DATA_TYPE, DATA_PRECISION, DATA_SCALE, DATA_LENGTH, NULLABLE
FROM ALL_TAB_COLUMNS
WHERE OWNER = :owner AND TABLE_NAME = :table_name
ORDER BY COLUMN_ID

-- primary_key --
SELECT C.COLUMN_NAME
FROM ALL_CONSTRAINTS K
JOIN ALL_CONS_COLUMNS C ON C.OWNER = K.OWNER AND C.CONSTRAINT_NAME = K.CONSTRAINT_NAME
WHERE K.OWNER = :owner AND K.TABLE_NAME = :table_name AND K.CONSTRAINT_TYPE = 'P'
ORDER BY C.POSITION

-- charset --
SELECT VALUE FROM NLS_DATABASE_PARAMETERS WHERE PARAMETER = 'NLS_CHARACTERSET'
