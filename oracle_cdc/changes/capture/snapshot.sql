-- CDC_SNAPSHOTS and CDC_SNAPSHOT_KEYS: how far a snapshot has come, and the rows that it found locked.

-- use_binary_order --
-- Keys come in the order by which they are compared, whatever language the database sorts by.
ALTER SESSION SET NLS_SORT = BINARY NLS_COMP = BINARY

-- read_snapshot --
-- The snapshot of a table, locked until the end of the transaction.
SELECT LAST_KEY, ROWS_WRITTEN, PASSED_AT, ENDED_AT
FROM CDC_SNAPSHOTS
WHERE TABLE_NAME = :table_name
FOR UPDATE

-- add_snapshot --
-- A row for a table that never had a snapshot.
INSERT INTO CDC_SNAPSHOTS (TABLE_NAME, ENDED_AT)
SELECT :table_name, SYS_EXTRACT_UTC(SYSTIMESTAMP) FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM CDC_SNAPSHOTS WHERE TABLE_NAME = :table_name)

-- begin_snapshot --
-- From the first row, unless one is under way that is not whole. What one wrote before `changes
-- install` lacks what is captured since then, so that it is begun anew.
UPDATE CDC_SNAPSHOTS
SET LAST_KEY = NULL, ROWS_WRITTEN = 0, PASSED_AT = NULL, ENDED_AT = NULL,
  BEGAN_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP), LAST_UPDATED = SYS_EXTRACT_UTC(SYSTIMESTAMP)
WHERE TABLE_NAME = :table_name AND (
  :is_anew /*number*/ = 1
  OR ENDED_AT IS NOT NULL
  OR BEGAN_AT <= (SELECT r.LAST_UPDATED FROM CDC_CHANGE_TABLES r WHERE r.TABLE_NAME = :table_name)
)

-- move_snapshot --
-- Rows were written up to a key.
UPDATE CDC_SNAPSHOTS
SET LAST_KEY = :last_key, ROWS_WRITTEN = ROWS_WRITTEN + :written /*number*/,
  LAST_UPDATED = SYS_EXTRACT_UTC(SYSTIMESTAMP)
WHERE TABLE_NAME = :table_name

-- pass_snapshot --
-- All rows were visited once.
UPDATE CDC_SNAPSHOTS
SET PASSED_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP), LAST_UPDATED = SYS_EXTRACT_UTC(SYSTIMESTAMP)
WHERE TABLE_NAME = :table_name

-- end_snapshot --
-- It is whole.
UPDATE CDC_SNAPSHOTS
SET ENDED_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP), LAST_UPDATED = SYS_EXTRACT_UTC(SYSTIMESTAMP)
WHERE TABLE_NAME = :table_name

-- count_written --
-- Rows that were written of those visited again.
UPDATE CDC_SNAPSHOTS
SET ROWS_WRITTEN = ROWS_WRITTEN + :written /*number*/, LAST_UPDATED = SYS_EXTRACT_UTC(SYSTIMESTAMP)
WHERE TABLE_NAME = :table_name

-- keep_locked --
-- A row that is to be visited again.
INSERT INTO CDC_SNAPSHOT_KEYS (TABLE_NAME, ROW_KEY, VISITED_AT)
VALUES (:table_name, :row_key, SYS_EXTRACT_UTC(SYSTIMESTAMP))

-- read_locked --
-- Some of them that were not visited since a time.
SELECT ROWID AS PLACE, ROW_KEY
FROM CDC_SNAPSHOT_KEYS
WHERE TABLE_NAME = :table_name AND VISITED_AT < :since /*timestamp*/
ORDER BY VISITED_AT
FETCH FIRST :count /*number*/ ROWS ONLY

-- put_off_locked --
-- One that is locked still.
UPDATE CDC_SNAPSHOT_KEYS
SET VISITED_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP)
WHERE ROWID = :place

-- forget_locked --
-- One that was written, or is gone.
DELETE FROM CDC_SNAPSHOT_KEYS
WHERE ROWID = :place

-- count_locked --
-- How many there are.
SELECT COUNT(*) AS LOCKED
FROM CDC_SNAPSHOT_KEYS
WHERE TABLE_NAME = :table_name
