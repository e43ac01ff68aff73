-- CDC_HEARTBEAT: one row that changes once in a while, captured as any table is.

-- beat --
-- Changes it, unless another copy has done so meanwhile.
UPDATE CDC_HEARTBEAT
SET BEAT_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP), BEATEN_BY = :beaten_by
WHERE ID = 1 AND (
  BEAT_AT IS NULL
  OR BEAT_AT < SYS_EXTRACT_UTC(SYSTIMESTAMP) - NUMTODSINTERVAL(:seconds /*number*/, 'SECOND')
)

-- may_create_triggers --
-- A row if this user may have triggers on tables of its own.
SELECT PRIVILEGE
FROM SESSION_PRIVS
WHERE PRIVILEGE IN ('CREATE TRIGGER', 'CREATE ANY TRIGGER')
