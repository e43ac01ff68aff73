-- The rows of calls in the source.

-- part leased_segments --
SELECT
  l.CALL_ID,
  s.BAN,
  s.SUBSCRIBER_NO,
  NVL(RTRIM(s.OWNER), ' ') AS OWNER,
  s.TEXT,
  s.TEXT_TIME,
  s.CALL_TIME
FROM CDC_PROCESSED_CALLS l
JOIN {source} s ON s.CALL_ID = TO_NUMBER(l.CALL_ID)
WHERE l.LEASE_TOKEN = :token

-- fetch_segments --
-- All rows of the calls that one token leases, call after call.
{leased_segments}
ORDER BY l.CALL_ID, s.TEXT_TIME

-- fetch_some_segments --
-- The same of some of them. Nothing else differs, so what fails here alone fails of a call's own.
{leased_segments}
AND l.CALL_ID IN ({ids})
ORDER BY l.CALL_ID, s.TEXT_TIME

-- peek_segments --
-- All rows of some calls, for a look without a claim.
SELECT
  TO_CHAR(CALL_ID) AS CALL_ID,
  BAN,
  SUBSCRIBER_NO,
  NVL(RTRIM(OWNER), ' ') AS OWNER,
  TEXT,
  TEXT_TIME,
  CALL_TIME
FROM {source}
WHERE CALL_ID IN ({ids})
ORDER BY CALL_ID, TEXT_TIME

-- probe_source --
-- Does the source answer, and how does its newest time stand to the database's clock?
SELECT MAX(TEXT_TIME) AS NEWEST_TIME, {now} AS NOW_TIME, SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_TIME
FROM {source}
