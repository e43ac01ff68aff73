-- What the demo of row changes runs as the DBA: the rights of the service's user.

-- grant_rights --
GRANT CREATE SESSION, CREATE TABLE, CREATE SEQUENCE, CREATE TRIGGER TO {user}

-- list_tables --
SELECT TABLE_NAME
FROM ALL_TABLES
WHERE OWNER = '{owner}'
ORDER BY TABLE_NAME

-- grant_triggers --
GRANT CREATE ANY TRIGGER TO {user}

-- revoke_triggers --
REVOKE CREATE ANY TRIGGER FROM {user}

-- newest_changes --
SELECT TABLE_NAME, TOTAL_SHIPPED
FROM {user}.CDC_CHANGE_TABLES
ORDER BY TABLE_NAME
