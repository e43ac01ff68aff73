-- What the service's user needs, and no more, when he owns the service's tables. Run by a DBA in SQL*Plus; re-runnable.
-- Edit the names first. The user must exist: CREATE USER oracle_cdc IDENTIFIED BY "a long password";
-- When another user shall own the tables, run oracle_grants_other_owner.sql in place of this file.
DEFINE service_user = oracle_cdc
DEFINE source_table = rtbi.VERINT_TEXT_ANALYSIS
DEFINE table_space  = USERS

-- To log in, and to read the source. On Oracle 12.1.0.2 and later GRANT READ does as well; it cannot lock rows.
GRANT CREATE SESSION TO &service_user;
GRANT SELECT ON &source_table TO &service_user;

-- To create and fill his own tables. The identity column of CDC_PROCESSING_LOG needs CREATE SEQUENCE (else ORA-01031).
GRANT CREATE TABLE TO &service_user;
GRANT CREATE SEQUENCE TO &service_user;
ALTER USER &service_user QUOTA 10G ON &table_space;

-- Once `python cdc_service.py init-tables` has run, CREATE TABLE and CREATE SEQUENCE can be revoked. Grant them again before
-- the next init-tables, such as an upgrade's.
