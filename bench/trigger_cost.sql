-- What the triggers of row changes cost on your own database: the same statements on a table without and with them, with the time,
-- redo and undo of each. For a DBA, in SQL*Plus, on a test database: it makes the user CDC_COST and drops it at the end.
-- As many as "rows" says are inserted, updated and deleted, one statement each, then "singles" of each one by one, as an
-- application does.
DEFINE rows    = 100000
DEFINE singles = 10000
DEFINE table_space = USERS
SET SERVEROUTPUT ON
SET VERIFY OFF
SET LINESIZE 200

CREATE USER CDC_COST IDENTIFIED BY "Cost-of-triggers-1" QUOTA UNLIMITED ON &table_space;

CREATE SEQUENCE CDC_COST.CDC_CHANGE_SEQ CACHE 1000 ORDER;
CREATE TABLE CDC_COST.PLAIN (
  ID NUMBER(10) PRIMARY KEY, NAME VARCHAR2(200), STATUS VARCHAR2(20), TOTAL NUMBER(12,2), UPDATED_AT TIMESTAMP(6));
CREATE TABLE CDC_COST.CAPTURED (
  ID NUMBER(10) PRIMARY KEY, NAME VARCHAR2(200), STATUS VARCHAR2(20), TOTAL NUMBER(12,2), UPDATED_AT TIMESTAMP(6));
CREATE TABLE CDC_COST.CDC_C_CAPTURED (
  CDC_CHANGE_ID NUMBER NOT NULL, CDC_OP CHAR(1) NOT NULL, CDC_CHANGED_AT TIMESTAMP(6) NOT NULL, CDC_TX VARCHAR2(64),
  ID NUMBER, NAME VARCHAR2(4000), STATUS VARCHAR2(4000), TOTAL NUMBER, UPDATED_AT TIMESTAMP(9));
CREATE INDEX CDC_COST.CDC_C_CAPTURED_IX ON CDC_COST.CDC_C_CAPTURED (CDC_CHANGE_ID, CDC_OP);

CREATE OR REPLACE TRIGGER CDC_COST.CDC_CAPTURED_I AFTER INSERT ON CDC_COST.CAPTURED FOR EACH ROW
BEGIN
  INSERT INTO CDC_COST.CDC_C_CAPTURED (CDC_CHANGE_ID, CDC_OP, CDC_CHANGED_AT, CDC_TX, ID, NAME, STATUS, TOTAL, UPDATED_AT) VALUES (
    CDC_COST.CDC_CHANGE_SEQ.NEXTVAL, 'I', SYS_EXTRACT_UTC(SYSTIMESTAMP), DBMS_TRANSACTION.LOCAL_TRANSACTION_ID,
    :NEW.ID, :NEW.NAME, :NEW.STATUS, :NEW.TOTAL, :NEW.UPDATED_AT);
END;
/
CREATE OR REPLACE TRIGGER CDC_COST.CDC_CAPTURED_U AFTER UPDATE ON CDC_COST.CAPTURED FOR EACH ROW
BEGIN
  INSERT INTO CDC_COST.CDC_C_CAPTURED (CDC_CHANGE_ID, CDC_OP, CDC_CHANGED_AT, CDC_TX, ID, NAME, STATUS, TOTAL, UPDATED_AT) VALUES (
    CDC_COST.CDC_CHANGE_SEQ.NEXTVAL, 'B', SYS_EXTRACT_UTC(SYSTIMESTAMP), DBMS_TRANSACTION.LOCAL_TRANSACTION_ID,
    :OLD.ID, :OLD.NAME, :OLD.STATUS, :OLD.TOTAL, :OLD.UPDATED_AT);
  INSERT INTO CDC_COST.CDC_C_CAPTURED (CDC_CHANGE_ID, CDC_OP, CDC_CHANGED_AT, CDC_TX, ID, NAME, STATUS, TOTAL, UPDATED_AT) VALUES (
    CDC_COST.CDC_CHANGE_SEQ.CURRVAL, 'U', SYS_EXTRACT_UTC(SYSTIMESTAMP), DBMS_TRANSACTION.LOCAL_TRANSACTION_ID,
    :NEW.ID, :NEW.NAME, :NEW.STATUS, :NEW.TOTAL, :NEW.UPDATED_AT);
END;
/
CREATE OR REPLACE TRIGGER CDC_COST.CDC_CAPTURED_D AFTER DELETE ON CDC_COST.CAPTURED FOR EACH ROW
BEGIN
  INSERT INTO CDC_COST.CDC_C_CAPTURED (CDC_CHANGE_ID, CDC_OP, CDC_CHANGED_AT, CDC_TX, ID, NAME, STATUS, TOTAL, UPDATED_AT) VALUES (
    CDC_COST.CDC_CHANGE_SEQ.NEXTVAL, 'D', SYS_EXTRACT_UTC(SYSTIMESTAMP), DBMS_TRANSACTION.LOCAL_TRANSACTION_ID,
    :OLD.ID, :OLD.NAME, :OLD.STATUS, :OLD.TOTAL, :OLD.UPDATED_AT);
END;
/

-- Each step runs three times on each table; the least of each figure is shown.
DECLARE
  TYPE texts IS TABLE OF VARCHAR2(500);
  steps texts := texts(
    'INSERT INTO CDC_COST.#T SELECT LEVEL, ''name '' || LEVEL, ''open'', LEVEL / 100, SYSTIMESTAMP FROM DUAL CONNECT BY LEVEL <= &rows',
    'UPDATE CDC_COST.#T SET STATUS = ''paid'', UPDATED_AT = SYSTIMESTAMP',
    'DELETE FROM CDC_COST.#T',
    'BEGIN FOR i IN 1 .. &singles LOOP INSERT INTO CDC_COST.#T VALUES (i, ''name'', ''open'', i, SYSTIMESTAMP); COMMIT; END LOOP; END;',
    'BEGIN FOR i IN 1 .. &singles LOOP UPDATE CDC_COST.#T SET STATUS = ''paid'' WHERE ID = i; COMMIT; END LOOP; END;',
    'BEGIN FOR i IN 1 .. &singles LOOP DELETE FROM CDC_COST.#T WHERE ID = i; COMMIT; END LOOP; END;');
  names texts := texts('insert &rows', 'update &rows', 'delete &rows', 'insert &singles, one by one', 'update &singles, one by one',
    'delete &singles, one by one');
  tables texts := texts('PLAIN', 'CAPTURED');
  TYPE figures IS TABLE OF NUMBER INDEX BY VARCHAR2(100);
  seconds figures;
  redo figures;
  undo figures;
  began NUMBER;
  redo_before NUMBER;
  undo_before NUMBER;
  place VARCHAR2(100);

  FUNCTION statistic(wanted VARCHAR2) RETURN NUMBER IS
    found NUMBER;
  BEGIN
    SELECT s.VALUE INTO found FROM V$MYSTAT s JOIN V$STATNAME n ON n.STATISTIC# = s.STATISTIC# WHERE n.NAME = wanted;
    RETURN found;
  END;

  FUNCTION least_of(known figures, at_place VARCHAR2, found NUMBER) RETURN NUMBER IS
  BEGIN
    IF known.EXISTS(at_place) AND known(at_place) < found THEN
      RETURN known(at_place);
    END IF;
    RETURN found;
  END;
BEGIN
  FOR round IN 1 .. 3 LOOP
    FOR t IN 1 .. tables.COUNT LOOP
      FOR s IN 1 .. steps.COUNT LOOP
        place := tables(t) || s;
        redo_before := statistic('redo size');
        undo_before := statistic('undo change vector size');
        began := DBMS_UTILITY.GET_TIME;
        EXECUTE IMMEDIATE REPLACE(steps(s), '#T', tables(t));
        COMMIT;
        seconds(place) := least_of(seconds, place, (DBMS_UTILITY.GET_TIME - began) / 100);
        redo(place) := least_of(redo, place, statistic('redo size') - redo_before);
        undo(place) := least_of(undo, place, statistic('undo change vector size') - undo_before);
      END LOOP;
      -- As the service does once Kinesis has accepted the changes.
      EXECUTE IMMEDIATE 'DELETE FROM CDC_COST.CDC_C_CAPTURED';
      COMMIT;
    END LOOP;
  END LOOP;
  DBMS_OUTPUT.PUT_LINE(RPAD('step', 30) || LPAD('plain s', 10) || LPAD('captured s', 12) || LPAD('times', 8)
    || LPAD('plain redo', 14) || LPAD('captured redo', 16) || LPAD('plain undo', 14) || LPAD('captured undo', 16));
  FOR s IN 1 .. steps.COUNT LOOP
    DBMS_OUTPUT.PUT_LINE(RPAD(names(s), 30)
      || LPAD(TO_CHAR(seconds('PLAIN' || s), '9990.00'), 10)
      || LPAD(TO_CHAR(seconds('CAPTURED' || s), '9990.00'), 12)
      || LPAD(TO_CHAR(seconds('CAPTURED' || s) / NULLIF(seconds('PLAIN' || s), 0), '990.0'), 8)
      || LPAD(redo('PLAIN' || s), 14) || LPAD(redo('CAPTURED' || s), 16)
      || LPAD(undo('PLAIN' || s), 14) || LPAD(undo('CAPTURED' || s), 16));
  END LOOP;
END;
/

DROP USER CDC_COST CASCADE;
