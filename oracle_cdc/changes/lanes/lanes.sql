-- Lanes: who ships a table's changes, and how much was shipped.

-- lock_lane --
-- The row of a table, locked until the end of the transaction, and when what is captured was last
-- changed. None: another copy ships it, or a person paused it.
SELECT LAST_UPDATED
FROM CDC_CHANGE_TABLES
WHERE TABLE_NAME = :table_name AND IS_ENABLED <> 0
FOR UPDATE SKIP LOCKED

-- note_shipped --
-- What the holder of a lane has shipped since it last said so.
UPDATE CDC_CHANGE_TABLES
SET LAST_CHANGE_ID = GREATEST(NVL(LAST_CHANGE_ID, 0), :change_id /*number*/),
  LAST_SHIPPED_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP),
  TOTAL_SHIPPED = NVL(TOTAL_SHIPPED, 0) + :shipped /*number*/
WHERE TABLE_NAME = :table_name
