-- The search: which calls have work, by what is due in the ledger and what the source holds.

-- find_work --
-- The mode's row, and the calls to claim: what is due in the ledger, and what the window nominates and the ledger does not
-- account for. A job that sends again names all, also what is due already: such a call comes twice. What somebody leases is
-- named so that the job goes back to it.
-- Counts and times are over all rows of a call; those ahead of the clock's horizon do not count for quiet.
-- A thorough search also finds calls with as many rows as were read, at other times: rows that were replaced. NULL is not
-- known, which is no difference. The anti-join comes before the row limit. One row without a call when there is nothing to do.
-- Times that the driver can't bring, those before the year 1, come as {first_time}: one of them must not end a search. Nor
-- must a ledger row whose CALL_ID is no number; it names no call.
SELECT
  m.IS_ENABLED,
  m.LAST_PROCESSED_TIMESTAMP AS WATERMARK,
  m.COVERAGE_START,
  {now} AS NOW_TIME,
  SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_TIME,
  w.CALL_ID,
  w.IS_DUE,
  w.OLDEST_TIME,
  w.ROWS_FOUND,
  GREATEST(w.NEWEST_TIME, {first_time}) AS NEWEST_TIME,
  GREATEST(w.FIRST_TIME, {first_time}) AS FIRST_TIME,
  GREATEST(w.LAST_TIME, {first_time}) AS LAST_TIME,
  w.STATE,
  NVL(w.REVISION, (SELECT d.REVISION FROM DICTA_CALL_SUMMARY d WHERE d.CALL_ID = w.CALL_ID)) AS REVISION,
  w.SENT_REVISION,
  w.ROWS_READ,
  GREATEST(w.NEWEST_READ, {first_time}) AS NEWEST_READ,
  w.CONTENT_HASH,
  GREATEST(w.ASSEMBLED_AT, {first_time}) AS ASSEMBLED_AT,
  GREATEST(w.SENT_AT, {first_time}) AS SENT_AT,
  GREATEST(w.JUDGED_AT, {first_time}) AS JUDGED_AT,
  GREATEST(w.NEWEST_SENT, {first_time}) AS NEWEST_SENT,
  w.VERSION,
  w.ATTEMPTS,
  w.TAKEOVERS,
  w.RESEND
FROM CDC_PROCESSING_STATUS m
LEFT JOIN (
  SELECT
    TO_CHAR(c.CALL_ID) AS CALL_ID,
    c.IS_DUE,
    c.OLDEST_TIME,
    c.ROWS_FOUND,
    c.NEWEST_TIME,
    c.FIRST_TIME,
    c.LAST_TIME,
    l.STATE,
    l.REVISION,
    l.SENT_REVISION,
    l.ROWS_READ,
    NVL(l.NEWEST_READ, l.TEXT_TIME) AS NEWEST_READ,
    l.CONTENT_HASH,
    l.ASSEMBLED_AT,
    l.SENT_AT,
    l.JUDGED_AT,
    l.TEXT_TIME AS NEWEST_SENT,
    CASE WHEN l.CALL_ID IS NULL THEN -1 ELSE NVL(l.VERSION, 0) END AS VERSION,
    NVL(l.ATTEMPTS, 0) AS ATTEMPTS,
    NVL(l.TAKEOVERS, 0) AS TAKEOVERS,
    CASE
      WHEN c.IS_DUE = 0 AND :resend_job IS NOT NULL THEN 'ASKED'
      WHEN l.RESEND = 'OVERDUE' AND l.SUMMARIZED_REVISION >= l.SENT_REVISION THEN NULL
      ELSE l.RESEND
    END AS RESEND
  FROM (
    SELECT
      n.CALL_ID,
      n.IS_DUE,
      n.OLDEST_TIME,
      COUNT(s.CALL_ID) AS ROWS_FOUND,
      MAX(s.TEXT_TIME) AS NEWEST_TIME,
      SUM(CASE WHEN :is_thorough /*number*/ = 1 THEN {times} END) AS TIMES_FOUND,
      MIN(CASE WHEN s.TEXT_TIME <= {now} + NUMTODSINTERVAL(:horizon_minutes /*number*/, 'MINUTE') THEN s.TEXT_TIME END) AS FIRST_TIME,
      MAX(CASE WHEN s.TEXT_TIME <= {now} + NUMTODSINTERVAL(:horizon_minutes, 'MINUTE') THEN s.TEXT_TIME END) AS LAST_TIME
    FROM (
      SELECT due.CALL_ID, 1 AS IS_DUE, CAST(NULL AS TIMESTAMP) AS OLDEST_TIME
      FROM (
        SELECT TO_NUMBER(CALL_ID) AS CALL_ID
        FROM CDC_PROCESSED_CALLS
        WHERE STATE IN ('OPEN', 'LEASED')
        AND {names_a_call}
        AND (
          DUE_AT <= SYS_EXTRACT_UTC(SYSTIMESTAMP)
          OR DUE_AT > SYS_EXTRACT_UTC(SYSTIMESTAMP) + NUMTODSINTERVAL(2, 'DAY')
        )
        AND {is_normal_enabled}
        ORDER BY DUE_AT
        FETCH FIRST :due_limit /*number*/ ROWS ONLY
      ) due
      UNION ALL
      SELECT endless.CALL_ID, 1 AS IS_DUE, CAST(NULL AS TIMESTAMP) AS OLDEST_TIME
      FROM (
        SELECT TO_NUMBER(CALL_ID) AS CALL_ID
        FROM CDC_PROCESSED_CALLS
        WHERE STATE IN ('OPEN', 'LEASED')
        AND {names_a_call}
        AND DUE_AT IS NULL
        AND {is_normal_enabled}
        FETCH FIRST :due_limit ROWS ONLY
      ) endless
      UNION ALL
      SELECT CALL_ID, 0 AS IS_DUE, MIN(TEXT_TIME) AS OLDEST_TIME
      FROM {source}
      WHERE TEXT_TIME >= :window_start /*timestamp*/
      AND TEXT_TIME < :window_end /*timestamp*/
      GROUP BY CALL_ID
    ) n
    LEFT JOIN {source} s ON s.CALL_ID = n.CALL_ID
    GROUP BY n.CALL_ID, n.IS_DUE, n.OLDEST_TIME
  ) c
  LEFT JOIN CDC_PROCESSED_CALLS l ON l.CALL_ID = TO_CHAR(c.CALL_ID)
  WHERE c.IS_DUE = 1
  OR l.CALL_ID IS NULL
  OR (
    NVL(l.STATE, 'SENT') NOT IN ('OPEN', 'LEASED')
    AND (
      c.ROWS_FOUND > l.ROWS_READ
      OR (c.ROWS_FOUND = l.ROWS_READ AND c.TIMES_FOUND <> l.TIMES_READ)
      OR (c.NEWEST_TIME > {accounted} AND c.NEWEST_TIME - {accounted} >= INTERVAL '0.000001' SECOND)
    )
  )
  OR (:resend_job IS NOT NULL AND NVL(l.JOB_ID, '-') <> :resend_job)
  ORDER BY c.IS_DUE DESC, c.OLDEST_TIME, c.CALL_ID
  FETCH FIRST :call_limit /*number*/ ROWS ONLY
) w ON m.IS_ENABLED = 1
WHERE m.TABLE_NAME = :mode_name

-- find_ids --
-- The same search, for ids alone: after one that failed, because of a value in it or not.
SELECT IS_ENABLED, WATERMARK, COVERAGE_START, NOW_TIME, UTC_TIME, CALL_ID, IS_DUE, STATE, RESEND
FROM ({find_work})

-- find_calls --
-- Some calls as find_work tells of them, whatever the ledger says; none for a call that the source does not have.
SELECT
  {now} AS NOW_TIME,
  SYS_EXTRACT_UTC(SYSTIMESTAMP) AS UTC_TIME,
  TO_CHAR(c.CALL_ID) AS CALL_ID,
  0 AS IS_DUE,
  GREATEST(c.OLDEST_TIME, {first_time}) AS OLDEST_TIME,
  c.ROWS_FOUND,
  GREATEST(c.NEWEST_TIME, {first_time}) AS NEWEST_TIME,
  GREATEST(c.FIRST_TIME, {first_time}) AS FIRST_TIME,
  GREATEST(c.LAST_TIME, {first_time}) AS LAST_TIME,
  l.STATE,
  NVL(l.REVISION, d.REVISION) AS REVISION,
  l.SENT_REVISION,
  l.ROWS_READ,
  GREATEST(NVL(l.NEWEST_READ, l.TEXT_TIME), {first_time}) AS NEWEST_READ,
  l.CONTENT_HASH,
  GREATEST(l.ASSEMBLED_AT, {first_time}) AS ASSEMBLED_AT,
  GREATEST(l.SENT_AT, {first_time}) AS SENT_AT,
  GREATEST(l.JUDGED_AT, {first_time}) AS JUDGED_AT,
  GREATEST(l.TEXT_TIME, {first_time}) AS NEWEST_SENT,
  CASE WHEN l.CALL_ID IS NULL THEN -1 ELSE NVL(l.VERSION, 0) END AS VERSION,
  NVL(l.ATTEMPTS, 0) AS ATTEMPTS,
  NVL(l.TAKEOVERS, 0) AS TAKEOVERS,
  CAST(NULL AS VARCHAR2(10)) AS RESEND
FROM (
  SELECT
    CALL_ID,
    MIN(TEXT_TIME) AS OLDEST_TIME,
    COUNT(*) AS ROWS_FOUND,
    MAX(TEXT_TIME) AS NEWEST_TIME,
    MIN(CASE WHEN TEXT_TIME <= {now} + NUMTODSINTERVAL(:horizon_minutes /*number*/, 'MINUTE') THEN TEXT_TIME END) AS FIRST_TIME,
    MAX(CASE WHEN TEXT_TIME <= {now} + NUMTODSINTERVAL(:horizon_minutes, 'MINUTE') THEN TEXT_TIME END) AS LAST_TIME
  FROM {source}
  WHERE CALL_ID IN ({ids})
  GROUP BY CALL_ID
) c
LEFT JOIN CDC_PROCESSED_CALLS l ON l.CALL_ID = TO_CHAR(c.CALL_ID)
LEFT JOIN DICTA_CALL_SUMMARY d ON d.CALL_ID = TO_CHAR(c.CALL_ID)
