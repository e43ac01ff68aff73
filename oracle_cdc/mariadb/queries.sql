-- What is asked of ETL_PRMREC, ETL_SLICES and ETL_SET_ASIDE. init_mariadb_tables.sql says what they hold.

-- part is_paused --
COALESCE(UPPER(TRIM(p.STATUS)), '') = 'PAUSED'

-- part marks --
w.PROGRAM_NAME = %(program)s AND w.SLICE_START = '1000-01-01'
AND c.PROGRAM_NAME = %(program)s AND c.SLICE_START = '1000-01-02'

-- take_lock --
-- One copy at a time has it, as long as its connection lives. Who does not get it learns whose it is.
SELECT GET_LOCK(%(lock)s, 0) AS IS_TAKEN, IS_USED_LOCK(%(lock)s) AS HOLDER

-- read_uptime --
-- For how many seconds the server runs.
SHOW GLOBAL STATUS LIKE 'Uptime'

-- make_row --
-- The first start, or somebody deleted it.
INSERT INTO ETL_PRMREC (PROGRAM_NAME, STATUS)
SELECT %(program)s, 'INITIALIZED' FROM DUAL
WHERE NOT EXISTS (SELECT 1 FROM ETL_PRMREC WHERE PROGRAM_NAME = %(program)s)

-- make_marks --
-- The rows beside the slices that hold the exact watermark and the begin of coverage.
INSERT INTO ETL_SLICES (PROGRAM_NAME, SLICE_START, PUBLISHED)
VALUES (%(program)s, '1000-01-01', 0), (%(program)s, '1000-01-02', 0)
ON DUPLICATE KEY UPDATE PUBLISHED = 0

-- begin_run --
-- A copy begins to work, or looks whether it may.
UPDATE ETL_PRMREC p
SET p.LAST_RUN_TIME = UTC_TIMESTAMP(),
  p.STATUS = IF({is_paused}, p.STATUS, 'RUNNING')
WHERE p.PROGRAM_NAME = %(program)s

-- read_progress --
-- How far the program has come.
SELECT
  p.LAST_SUCCESSFUL_TIME AS STORED,
  p.RECORDS_PROCESSED AS RECORDS,
  {is_paused} AS IS_PAUSED,
  w.LAST_TIME AS WATERMARK,
  c.LAST_TIME AS COVERAGE
FROM ETL_PRMREC p, ETL_SLICES w, ETL_SLICES c
WHERE p.PROGRAM_NAME = %(program)s
AND {marks}

-- read_tallies --
-- How many rows of each slice were handled.
SELECT SLICE_START, PUBLISHED FROM ETL_SLICES
WHERE PROGRAM_NAME = %(program)s AND SLICE_START >= '1900-01-01'

-- read_shares --
-- How far each share of a program has come, whatever their number.
SELECT
  p.PROGRAM_NAME AS PROGRAM_NAME,
  p.LAST_RUN_TIME AS LAST_RUN_TIME,
  p.LAST_SUCCESSFUL_TIME AS STORED,
  w.LAST_TIME AS WATERMARK,
  c.LAST_TIME AS COVERAGE
FROM ETL_PRMREC p
LEFT JOIN ETL_SLICES w ON w.PROGRAM_NAME = p.PROGRAM_NAME AND w.SLICE_START = '1000-01-01'
LEFT JOIN ETL_SLICES c ON c.PROGRAM_NAME = p.PROGRAM_NAME AND c.SLICE_START = '1000-01-02'
WHERE LEFT(p.PROGRAM_NAME, %(length)s) = %(program)s

-- sum_tallies --
-- How many rows of each slice several shares handled together.
SELECT SLICE_START, SUM(PUBLISHED) AS PUBLISHED FROM ETL_SLICES
WHERE PROGRAM_NAME IN %(names)s AND SLICE_START >= '1900-01-01'
GROUP BY SLICE_START

-- save --
-- Moves the watermark, unless somebody wrote another one or paused the program. What was tried before may stand there too.
UPDATE ETL_PRMREC p, ETL_SLICES w, ETL_SLICES c
SET p.LAST_SUCCESSFUL_TIME = %(floored)s,
  p.LAST_RUN_TIME = UTC_TIMESTAMP(),
  p.STATUS = IF(%(is_progress)s, 'SUCCESS', p.STATUS),
  p.ERROR_MESSAGE = IF(%(is_progress)s, NULL, p.ERROR_MESSAGE),
  p.RECORDS_PROCESSED = LEAST(%(records)s, 2147483647),
  w.LAST_TIME = %(watermark)s,
  c.LAST_TIME = %(coverage)s
WHERE p.PROGRAM_NAME = %(program)s
AND {marks}
AND NOT {is_paused}
AND (
  p.LAST_SUCCESSFUL_TIME <=> %(known_floored)s AND w.LAST_TIME <=> %(known_watermark)s
  OR p.LAST_SUCCESSFUL_TIME <=> %(tried_floored)s AND w.LAST_TIME <=> %(tried_watermark)s
)

-- keep_tallies --
-- How many rows of slices were handled, in one statement for all of them.
INSERT INTO ETL_SLICES (PROGRAM_NAME, SLICE_START, PUBLISHED, LAST_TIME)
VALUES (%(program)s, %(begin)s, %(published)s, %(last_time)s)
ON DUPLICATE KEY UPDATE PUBLISHED = VALUES(PUBLISHED), LAST_TIME = COALESCE(VALUES(LAST_TIME), LAST_TIME)

-- forget_old --
-- Slices that nothing looks at any more.
DELETE FROM ETL_SLICES
WHERE PROGRAM_NAME = %(program)s AND SLICE_START >= '1900-01-01' AND SLICE_START < %(before)s

-- forget_moved --
-- Slices whose rows are published again, or skipped.
DELETE FROM ETL_SLICES
WHERE PROGRAM_NAME = %(program)s AND SLICE_START >= '1900-01-01' AND SLICE_START > %(after)s

-- fail --
-- What went wrong. A person's pause stays.
UPDATE ETL_PRMREC p
SET p.STATUS = 'FAILED', p.ERROR_MESSAGE = %(message)s, p.LAST_RUN_TIME = UTC_TIMESTAMP()
WHERE p.PROGRAM_NAME = %(program)s AND NOT {is_paused}

-- set_aside --
-- Rows that can't be published, in one statement for all of them.
INSERT INTO ETL_SET_ASIDE (PROGRAM_NAME, ROW_KEY, ROW_TIME, REASON, ATTEMPTS)
VALUES (%(program)s, %(key)s, %(time)s, %(reason)s, %(attempts)s)
ON DUPLICATE KEY UPDATE ROW_TIME = VALUES(ROW_TIME), REASON = VALUES(REASON), ATTEMPTS = VALUES(ATTEMPTS),
  SET_ASIDE_AT = UTC_TIMESTAMP(6)

-- list_set_aside --
-- What a program set aside: all of it, or what is older than some seconds. The oldest stands first.
SELECT ROW_KEY, ROW_TIME, REASON, ATTEMPTS, SET_ASIDE_AT FROM ETL_SET_ASIDE
WHERE PROGRAM_NAME = %(program)s
AND (%(older_seconds)s < 0 OR SET_ASIDE_AT < UTC_TIMESTAMP(6) - INTERVAL %(older_seconds)s SECOND)
ORDER BY SET_ASIDE_AT, ROW_KEY

-- count_set_aside --
-- How many rows a program set aside.
SELECT COUNT(*) AS FOUND FROM ETL_SET_ASIDE WHERE PROGRAM_NAME = %(program)s

-- keep_aside --
-- A row that was tried again and refused again. One that somebody deleted meanwhile stays deleted.
UPDATE ETL_SET_ASIDE
SET REASON = %(reason)s, ATTEMPTS = LEAST(COALESCE(ATTEMPTS, 0) + %(attempts)s, 2147483647)
WHERE PROGRAM_NAME = %(program)s AND ROW_KEY = %(key)s

-- keep_discarded --
-- Rows that a person gives up, under a name that nothing lists: they are neither published nor missing.
REPLACE INTO ETL_SET_ASIDE (PROGRAM_NAME, ROW_KEY, ROW_TIME, REASON, ATTEMPTS, SET_ASIDE_AT)
SELECT %(discarded)s, ROW_KEY, ROW_TIME, REASON, ATTEMPTS, SET_ASIDE_AT FROM ETL_SET_ASIDE
WHERE PROGRAM_NAME = %(program)s AND ROW_KEY IN %(keys)s

-- forget_discarded --
-- Rows that a person gave up, once no figure is of their time any more.
DELETE FROM ETL_SET_ASIDE
WHERE PROGRAM_NAME = %(discarded)s AND (ROW_TIME IS NULL OR ROW_TIME < %(before)s)

-- remove_aside --
-- Rows that were published after all, or that a person gave up.
DELETE FROM ETL_SET_ASIDE WHERE PROGRAM_NAME = %(program)s AND ROW_KEY IN %(keys)s

-- read_columns --
-- The columns of the database's tables.
SELECT
  TABLE_NAME AS TABLE_NAME,
  COLUMN_NAME AS COLUMN_NAME,
  DATA_TYPE AS DATA_TYPE,
  DATETIME_PRECISION AS DIGITS,
  COLUMN_KEY = 'PRI' AS IS_PRIMARY
FROM information_schema.COLUMNS
WHERE TABLE_SCHEMA = DATABASE()

-- read_engines --
-- What keeps the database's tables.
SELECT TABLE_NAME AS TABLE_NAME, ENGINE AS ENGINE FROM information_schema.TABLES
WHERE TABLE_SCHEMA = DATABASE()

-- read_standing --
-- How far a program has come, and how its last run went, as anybody may look at it.
SELECT
  p.LAST_SUCCESSFUL_TIME AS STORED,
  p.RECORDS_PROCESSED AS RECORDS,
  {is_paused} AS IS_PAUSED,
  (SELECT LAST_TIME FROM ETL_SLICES WHERE PROGRAM_NAME = %(program)s AND SLICE_START = '1000-01-01') AS WATERMARK,
  (SELECT LAST_TIME FROM ETL_SLICES WHERE PROGRAM_NAME = %(program)s AND SLICE_START = '1000-01-02') AS COVERAGE,
  p.STATUS AS STATUS,
  p.ERROR_MESSAGE AS ERROR_MESSAGE,
  p.LAST_RUN_TIME AS RAN_AT,
  TIMESTAMPDIFF(SECOND, p.LAST_RUN_TIME, UTC_TIMESTAMP()) AS RAN_SECONDS_AGO
FROM ETL_PRMREC p
WHERE p.PROGRAM_NAME = %(program)s

-- read_tallies_from --
-- How many rows of the slices from a time on were handled.
SELECT SLICE_START, PUBLISHED FROM ETL_SLICES
WHERE PROGRAM_NAME = %(program)s AND SLICE_START >= '1900-01-01' AND SLICE_START >= %(begin)s

-- count_aside_by_slice --
-- How many rows of each slice of a stretch stand under a name, but not under another one as well.
SELECT
  CAST(TIMESTAMPADD(
    SECOND, FLOOR(TIMESTAMPDIFF(SECOND, '1970-01-01', ROW_TIME) / %(seconds)s) * %(seconds)s, '1970-01-01'
  ) AS DATETIME) AS SLICE_START,
  COUNT(*) AS ROWS_ASIDE
FROM ETL_SET_ASIDE a
WHERE PROGRAM_NAME = %(program)s AND ROW_TIME >= %(begin)s AND ROW_TIME < %(end)s
AND NOT EXISTS (SELECT 1 FROM ETL_SET_ASIDE b WHERE b.PROGRAM_NAME = %(but_not)s AND b.ROW_KEY = a.ROW_KEY)
GROUP BY 1

-- read_role --
-- The role whose rights the user has too, which are seen nowhere.
SELECT CURRENT_ROLE() AS ROLE_NAME

-- read_rights --
-- What the user may do with the database's tables, TABLE_NAME empty for all of them.
SELECT PRIVILEGE_TYPE AS RIGHT_NAME, '' AS TABLE_NAME FROM information_schema.USER_PRIVILEGES
UNION
SELECT PRIVILEGE_TYPE, '' FROM information_schema.SCHEMA_PRIVILEGES WHERE DATABASE() LIKE TABLE_SCHEMA
UNION
SELECT PRIVILEGE_TYPE, TABLE_NAME FROM information_schema.TABLE_PRIVILEGES WHERE TABLE_SCHEMA = DATABASE()
