-- What row changes need, and no more; oracle_grants.sql is for conversations. Run by a DBA in SQL*Plus; re-runnable. Edit the
-- names first, and repeat the last part for each table. docs/changes-dba.md says what each is for.
-- The user must exist: CREATE USER oracle_cdc IDENTIFIED BY "a long password";
DEFINE service_user = oracle_cdc
DEFINE table_owner  = COREDB
DEFINE captured     = USERS
DEFINE table_space  = USERS

-- To log in, and to make and fill his own tables.
GRANT CREATE SESSION TO &service_user;
GRANT CREATE TABLE TO &service_user;
GRANT CREATE SEQUENCE TO &service_user;
ALTER USER &service_user QUOTA 10G ON &table_space;

-- The heartbeat, on a table of his own. Not needed with CHANGES_HEARTBEAT_SECONDS=0.
GRANT CREATE TRIGGER TO &service_user;

-- The triggers, on tables of his own. Not needed where a DBA runs that part of `changes install --print`.
GRANT CREATE TRIGGER TO &table_owner;

-- For each captured table: its columns and its rows, for `changes models` and `changes snapshot`; whether its triggers compile.
GRANT SELECT ON &table_owner..&captured TO &service_user;
GRANT DEBUG ON &table_owner..&captured TO &service_user;
