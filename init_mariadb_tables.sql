-- The tables in MariaDB by which a program that publishes events keeps its progress, in the database of the user who runs this.
-- Re-runnable: a second run changes nothing. It runs in the mariadb client as it is, and the service executes this same file.

-- ETL_PRMREC: one row for each program, and for each share of one (M_INTIMECASEAGENT#2/4). Times of runs are UTC.
--   When the number of shares changes, the new ones go on where the former ones had come, if all of those are there.
-- LAST_SUCCESSFUL_TIME: in the source's own time, without its fraction: every row before it that could be seen is accepted or set aside.
--   Who sets it back has everything from there on published again, who sets it ahead has what lies between skipped, NULL begins anew.
-- STATUS: INITIALIZED, RUNNING, SUCCESS, FAILED. Who writes PAUSED stops the program, and with anything else lets it go on.
-- ERROR_MESSAGE: of the last failure, at most 500 characters, NULL once something succeeded after it.
-- RECORDS_PROCESSED: rows accepted since the first start; it stays at 2147483647 once it is there.
CREATE TABLE IF NOT EXISTS ETL_PRMREC (
    PROGRAM_NAME VARCHAR(100) PRIMARY KEY,
    LAST_SUCCESSFUL_TIME DATETIME,
    LAST_RUN_TIME DATETIME,
    STATUS VARCHAR(50),
    RECORDS_PROCESSED INT DEFAULT 0,
    ERROR_MESSAGE TEXT,
    CREATED_AT DATETIME DEFAULT CURRENT_TIMESTAMP,
    UPDATED_AT DATETIME DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
);

-- ETL_SLICES: how many rows of each slice of the source's time were accepted or set aside, and the time of the last of them.
-- Two rows of each program are no slices. Their LAST_TIME holds, with its fraction:
--   SLICE_START 1000-01-01: the exact time that LAST_SUCCESSFUL_TIME is cut off from. Where the two do not fit, a person moved that one.
--   SLICE_START 1000-01-02: where coverage begins. Rows before it are none of the program's.
CREATE TABLE IF NOT EXISTS ETL_SLICES (
    PROGRAM_NAME VARCHAR(100),
    SLICE_START DATETIME,
    PUBLISHED BIGINT,
    LAST_TIME DATETIME(6),
    PRIMARY KEY (PROGRAM_NAME, SLICE_START)
) ENGINE = InnoDB;

-- ETL_SET_ASIDE: rows of the source that can't be published, each with its reason. Their contents stay in the source.
-- PROGRAM_NAME: with #discarded behind it for what a person discarded, until no figure is of its time any more.
-- ROW_KEY: one that is longer than 200 characters, or ends in a blank, ends in # and its SHA-256. SET_ASIDE_AT is UTC.
CREATE TABLE IF NOT EXISTS ETL_SET_ASIDE (
    PROGRAM_NAME VARCHAR(100),
    ROW_KEY VARCHAR(200) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    ROW_TIME DATETIME(6),
    REASON VARCHAR(500),
    ATTEMPTS INT,
    SET_ASIDE_AT DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6),
    PRIMARY KEY (PROGRAM_NAME, ROW_KEY)
) ENGINE = InnoDB;
