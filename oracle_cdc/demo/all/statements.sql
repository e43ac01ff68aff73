-- What the demo of all runs as the DBA, beside what the demo of each pipeline does.

-- read_tables --
SELECT TABLE_NAME
FROM ALL_TABLES
WHERE OWNER = '{owner}'
AND TABLE_NAME LIKE 'CDC\_%' ESCAPE '\'
ORDER BY TABLE_NAME
