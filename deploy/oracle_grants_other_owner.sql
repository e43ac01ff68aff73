-- What the service's user needs, and no more, when another user owns the service's tables. Run by a DBA in SQL*Plus,
-- after init_oracle_tables.sql was run as that owner. Edit the names first. The service's user must exist.
DEFINE service_user = oracle_cdc
DEFINE table_owner  = cdc_owner
DEFINE source_table = rtbi.VERINT_TEXT_ANALYSIS

-- To log in, and to read the source. On Oracle 12.1.0.2 and later GRANT READ does as well; it cannot lock rows.
GRANT CREATE SESSION TO &service_user;
GRANT SELECT ON &source_table TO &service_user;

GRANT SELECT, INSERT, UPDATE, DELETE ON &table_owner..CDC_PROCESSING_STATUS TO &service_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON &table_owner..CDC_PROCESSED_CALLS TO &service_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON &table_owner..CDC_PROCESSING_LOG TO &service_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON &table_owner..ERROR_LOG TO &service_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON &table_owner..SQS_PERMANENT_FAILURES TO &service_user;
GRANT SELECT, INSERT, UPDATE, DELETE ON &table_owner..DICTA_CALL_SUMMARY TO &service_user;

-- The service names its tables without an owner.
CREATE OR REPLACE SYNONYM &service_user..CDC_PROCESSING_STATUS FOR &table_owner..CDC_PROCESSING_STATUS;
CREATE OR REPLACE SYNONYM &service_user..CDC_PROCESSED_CALLS FOR &table_owner..CDC_PROCESSED_CALLS;
CREATE OR REPLACE SYNONYM &service_user..CDC_PROCESSING_LOG FOR &table_owner..CDC_PROCESSING_LOG;
CREATE OR REPLACE SYNONYM &service_user..ERROR_LOG FOR &table_owner..ERROR_LOG;
CREATE OR REPLACE SYNONYM &service_user..SQS_PERMANENT_FAILURES FOR &table_owner..SQS_PERMANENT_FAILURES;
CREATE OR REPLACE SYNONYM &service_user..DICTA_CALL_SUMMARY FOR &table_owner..DICTA_CALL_SUMMARY;
