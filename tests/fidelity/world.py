"""The tables that the hand-written statements are about: Oracle's classic EMP and DEPT, and a few
odd ones."""

from __future__ import annotations

import oracledb

USER, PASSWORD, SERVICE = "app", "Tiger-42", "XE"

_TABLES = (
    "CREATE TABLE dept (deptno NUMBER(2) PRIMARY KEY, dname VARCHAR2(14), loc VARCHAR2(13))",
    "CREATE TABLE emp (empno NUMBER(4) PRIMARY KEY, ename VARCHAR2(10), job VARCHAR2(9), "
    "mgr NUMBER(4), hiredate DATE,"
    " sal NUMBER(7,2), comm NUMBER(7,2), deptno NUMBER(2) REFERENCES dept)",
    "CREATE TABLE odd (id NUMBER, c4 CHAR(4), v VARCHAR2(10), n NUMBER, d DATE, ts3 TIMESTAMP(3), "
    "r RAW(4))",
    "CREATE TABLE uq (a NUMBER, b NUMBER, UNIQUE (a, b))",
    "CREATE TABLE iv (a INTERVAL DAY(3) TO SECOND(2), b INTERVAL DAY TO SECOND)",
    "CREATE TABLE chk (a NUMBER CHECK (a <= 10))",
    "CREATE TABLE sq (a NUMBER, b NUMBER)",
    "CREATE SEQUENCE seq",
    "INSERT INTO odd VALUES (1, 'x1', 'x1', 1.5, TO_DATE('2024-02-29 13:14:15', "
    "'YYYY-MM-DD HH24:MI:SS'),"
    " TIMESTAMP '2024-02-29 13:14:15.1236', HEXTORAW('AB01'))",
    "INSERT INTO odd (id) VALUES (2)",
)
_DEPARTMENTS = (
    (10, "ACCOUNTING", "NEW YORK"),
    (20, "RESEARCH", "DALLAS"),
    (30, "SALES", "CHICAGO"),
    (40, "OPERATIONS", "BOSTON"),
)
_EMPLOYEES = """
7369 SMITH  CLERK     7902 1980-12-17  800    - 20
7499 ALLEN  SALESMAN  7698 1981-02-20 1600  300 30
7521 WARD   SALESMAN  7698 1981-02-22 1250  500 30
7566 JONES  MANAGER   7839 1981-04-02 2975    - 20
7654 MARTIN SALESMAN  7698 1981-09-28 1250 1400 30
7698 BLAKE  MANAGER   7839 1981-05-01 2850    - 30
7782 CLARK  MANAGER   7839 1981-06-09 2450    - 10
7788 SCOTT  ANALYST   7566 1987-04-19 3000    - 20
7839 KING   PRESIDENT    - 1981-11-17 5000    - 10
7844 TURNER SALESMAN  7698 1981-09-08 1500    0 30
7876 ADAMS  CLERK     7788 1987-05-23 1100    - 20
7900 JAMES  CLERK     7698 1981-12-03  950    - 30
7902 FORD   ANALYST   7566 1981-12-03 3000    - 20
7934 MILLER CLERK     7782 1982-01-23 1300    - 10
"""


def build(connection: oracledb.Connection) -> None:
    cursor = connection.cursor()
    for statement in _TABLES:
        cursor.execute(statement)
    cursor.executemany("INSERT INTO dept VALUES (:1, :2, :3)", list(_DEPARTMENTS))
    rows = [
        [None if cell == "-" else cell for cell in line.split()]
        for line in _EMPLOYEES.split("\n")
        if line
    ]
    cursor.executemany(
        "INSERT INTO emp VALUES (:1, :2, :3, :4, TO_DATE(:5, 'YYYY-MM-DD'), :6, :7, :8)", rows
    )
    connection.commit()
