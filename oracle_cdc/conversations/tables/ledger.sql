-- CDC_PROCESSED_CALLS: how a call is claimed, sealed, settled and given back. Each change of STATE is on docs/states.md.

-- fail_unsearchable --
-- A call that no search can bring: FAILED, its rows accounted for without being fetched, and without what can't be read.
UPDATE CDC_PROCESSED_CALLS
SET STATE = 'FAILED',
  PROCESSED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP),
  ROWS_READ = GREATEST(
    CASE WHEN SENT_REVISION IS NULL THEN 0 ELSE NVL(ROWS_READ, 0) END,
    (SELECT COUNT(*) FROM {source} WHERE CALL_ID = TO_NUMBER(:call_id))
  ),
  TIMES_READ = NULL,
  JUDGED_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP),
  NEWEST_READ = (SELECT MAX(TEXT_TIME) FROM {source} WHERE CALL_ID = TO_NUMBER(:call_id)),
  CONTENT_HASH = NULL,
  ASSEMBLED_AT = NULL,
  DUE_AT = NULL,
  LEASE_OWNER = NULL,
  LEASE_TOKEN = NULL,
  LEASE_UNTIL = NULL,
  VERSION = NVL(VERSION, 0) + 1
WHERE CALL_ID = :call_id
AND (NVL(STATE, 'SENT') <> 'LEASED' OR DUE_AT IS NULL OR DUE_AT <= SYS_EXTRACT_UTC(SYSTIMESTAMP))

-- insert_unsearchable --
-- The same for a call that the ledger does not know. ORA-00001: another copy holds it.
INSERT INTO CDC_PROCESSED_CALLS (CALL_ID, PROCESSED_AT, STATE, ROWS_READ, NEWEST_READ, VERSION)
SELECT :call_id, CAST(SYSTIMESTAMP AS TIMESTAMP), 'FAILED', COUNT(*), MAX(TEXT_TIME), 1
FROM {source}
WHERE CALL_ID = TO_NUMBER(:call_id)

-- insert_claim --
-- Claims a call that the ledger does not know. ORA-00001: another copy was faster.
INSERT INTO CDC_PROCESSED_CALLS
  (CALL_ID, PROCESSED_AT, STATE, REVISION, DUE_AT, LEASE_OWNER, LEASE_TOKEN, LEASE_UNTIL, VERSION, ATTEMPTS, TAKEOVERS,
  JOB_ID)
VALUES (
  :call_id,
  CAST(SYSTIMESTAMP AS TIMESTAMP),
  :state,
  :revision /*number*/,
  SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:due_seconds /*number*/, 'SECOND'),
  :owner,
  :token,
  CASE WHEN :lease_seconds /*number*/ > 0 THEN SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:lease_seconds, 'SECOND') END,
  1,
  0,
  0,
  :job_id
)

-- lock_calls --
-- Before an update of some calls: those that nobody else holds. One that a DBA's open transaction holds is left for later.
SELECT CALL_ID
FROM CDC_PROCESSED_CALLS
WHERE CALL_ID IN ({ids})
FOR UPDATE SKIP LOCKED

-- update_claim --
-- Claims a call that the ledger knows, if it is still as the search saw it.
UPDATE CDC_PROCESSED_CALLS
SET PROCESSED_AT = CASE WHEN STATE = :state THEN PROCESSED_AT ELSE CAST(SYSTIMESTAMP AS TIMESTAMP) END,
  STATE = :state,
  REVISION = :revision /*number*/,
  DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:due_seconds /*number*/, 'SECOND'),
  LEASE_OWNER = :owner,
  LEASE_TOKEN = :token,
  LEASE_UNTIL = CASE
    WHEN :lease_seconds /*number*/ > 0 THEN SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:lease_seconds, 'SECOND')
  END,
  ATTEMPTS = :attempts /*number*/,
  TAKEOVERS = :takeovers /*number*/,
  RESEND = :resend,
  JOB_ID = NVL(:job_id, JOB_ID),
  VERSION = NVL(VERSION, 0) + 1
WHERE CALL_ID = :call_id
AND NVL(VERSION, 0) = :version /*number*/

-- read_claimed --
-- The calls that one token leases: after a claim whose answer was lost.
SELECT CALL_ID
FROM CDC_PROCESSED_CALLS
WHERE LEASE_TOKEN = :token
AND STATE = 'LEASED'

-- renew_lease --
-- Puts off the end of every lease of one token; each row counts only if nobody took it over.
UPDATE CDC_PROCESSED_CALLS
SET LEASE_UNTIL = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:lease_seconds /*number*/, 'SECOND'),
  DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:lease_seconds, 'SECOND'),
  VERSION = NVL(VERSION, 0) + 1
WHERE LEASE_TOKEN = :token
AND STATE = 'LEASED'

-- seal_claim --
-- Before a send: what will be sent, under which revision. 0 rows: the lease was lost.
UPDATE CDC_PROCESSED_CALLS
SET REVISION = :revision /*number*/,
  ROWS_READ = :rows_read /*number*/,
  NEWEST_READ = :newest_read /*timestamp*/,
  TIMES_READ = :times_read /*number*/,
  CONTENT_HASH = :content_hash,
  ASSEMBLED_AT = :assembled_at /*timestamp*/,
  BAN = :ban,
  SUBSCRIBER_NO = :subscriber_no,
  CALL_TIME = :call_time /*timestamp*/,
  VERSION = NVL(VERSION, 0) + 1
WHERE CALL_ID = :call_id
AND LEASE_TOKEN = :token
AND STATE = 'LEASED'

-- settle_sent --
-- SQS accepted the sealed revision; an answer may have been faster than this commit.
UPDATE CDC_PROCESSED_CALLS
SET STATE = CASE WHEN SUMMARIZED_REVISION >= REVISION THEN 'SUMMARIZED' ELSE 'SENT' END,
  PROCESSED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP),
  RESENDS = CASE WHEN SENT_REVISION = REVISION THEN RESENDS ELSE 0 END,
  RESEND = NULL,
  SENT_REVISION = REVISION,
  SQS_MESSAGE_ID = :message_id,
  TEXT_TIME = :newest_sent /*timestamp*/,
  SENT_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP),
  DUE_AT = NULL,
  LEASE_OWNER = NULL,
  LEASE_TOKEN = NULL,
  LEASE_UNTIL = NULL,
  ATTEMPTS = 0,
  TAKEOVERS = 0,
  VERSION = NVL(VERSION, 0) + 1
WHERE CALL_ID = :call_id
AND LEASE_TOKEN = :token
AND STATE = 'LEASED'

-- settle_unsent --
-- The claim ends without a send: rejected, failed, put off, or nothing new to send (state NULL: back to what was accepted).
UPDATE CDC_PROCESSED_CALLS
SET STATE = NVL(:state, CASE WHEN SUMMARIZED_REVISION >= SENT_REVISION THEN 'SUMMARIZED' ELSE 'SENT' END),
  PROCESSED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP),
  ROWS_READ = NVL(:rows_read /*number*/, ROWS_READ),
  NEWEST_READ = NVL(:newest_read /*timestamp*/, NEWEST_READ),
  TIMES_READ = CASE WHEN :rows_read IS NULL THEN TIMES_READ ELSE :times_read /*number*/ END,
  JUDGED_AT = CASE WHEN :state = 'OPEN' THEN JUDGED_AT ELSE SYS_EXTRACT_UTC(SYSTIMESTAMP) END,
  DUE_AT = CASE
    WHEN :due_seconds /*number*/ >= 0 THEN SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:due_seconds, 'SECOND')
  END,
  LEASE_OWNER = NULL,
  LEASE_TOKEN = NULL,
  LEASE_UNTIL = NULL,
  ATTEMPTS = NVL(ATTEMPTS, 0) + :own_failures /*number*/,
  RESEND = CASE WHEN :state = 'OPEN' THEN RESEND END,
  TAKEOVERS = 0,
  VERSION = NVL(VERSION, 0) + 1
WHERE CALL_ID = :call_id
AND LEASE_TOKEN = :token
AND STATE = 'LEASED'

-- release_claims --
-- Gives back what one token holds: something passing came between claim and send.
UPDATE CDC_PROCESSED_CALLS
SET STATE = 'OPEN',
  PROCESSED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP),
  DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(:due_seconds /*number*/, 'SECOND'),
  LEASE_OWNER = NULL,
  LEASE_TOKEN = NULL,
  LEASE_UNTIL = NULL,
  VERSION = NVL(VERSION, 0) + 1
WHERE LEASE_TOKEN = :token
AND STATE = 'LEASED'

-- find_overdue --
-- Unanswered calls that may be sent again; like takeovers, not while normal mode is paused.
SELECT CALL_ID
FROM CDC_PROCESSED_CALLS
WHERE STATE = 'SENT'
AND {is_overdue}
AND NVL(RESENDS, 0) < :resend_limit /*number*/
AND {is_normal_enabled}
ORDER BY SENT_AT
FETCH FIRST :row_limit /*number*/ ROWS ONLY

-- open_overdue --
-- An unanswered call becomes due again, so many times for one revision.
UPDATE CDC_PROCESSED_CALLS
SET STATE = 'OPEN',
  PROCESSED_AT = CAST(SYSTIMESTAMP AS TIMESTAMP),
  RESEND = 'OVERDUE',
  RESENDS = NVL(RESENDS, 0) + 1,
  DUE_AT = SYS_EXTRACT_UTC(SYSTIMESTAMP),
  VERSION = NVL(VERSION, 0) + 1
WHERE CALL_ID = :call_id
AND STATE = 'SENT'
AND {is_overdue}

-- lock_claims --
-- Rows of the ledger that are about to be changed: ORA-00054 at once for one that somebody holds, instead of a long wait.
SELECT CALL_ID
FROM CDC_PROCESSED_CALLS
WHERE CALL_ID IN ({ids})
FOR UPDATE NOWAIT

-- read_calls --
-- What the ledger says of some calls.
SELECT CALL_ID, STATE, SENT_REVISION, SQS_MESSAGE_ID, LEASE_OWNER, LEASE_UNTIL
FROM CDC_PROCESSED_CALLS
WHERE CALL_ID IN ({ids})
