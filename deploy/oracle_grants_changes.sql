-- What row changes need beside oracle_grants.sql, and no more. Run by a DBA in SQL*Plus; re-runnable. Edit the names first, and
-- repeat the last part for each table. docs/changes-dba.md says what each is for.
DEFINE service_user = oracle_cdc
DEFINE table_owner  = COREDB
DEFINE captured     = USERS

-- The heartbeat, on a table of his own. Not needed with CHANGES_HEARTBEAT_SECONDS=0.
GRANT CREATE TRIGGER TO &service_user;

-- The triggers, on tables of his own. Not needed where a DBA runs that part of `changes install --print`.
GRANT CREATE TRIGGER TO &table_owner;

-- For each captured table: its columns and its rows, for `changes models` and `changes snapshot`; whether its triggers compile.
GRANT SELECT ON &table_owner..&captured TO &service_user;
GRANT DEBUG ON &table_owner..&captured TO &service_user;
