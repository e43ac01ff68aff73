"""DynamoDB by the names of its actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from awslite.dynamodb import reading, writing
from awslite.dynamodb.tables import Tables
from awslite.refusals import Document
from awslite.treatment import Request

TARGET = "DynamoDB_20120810"


def create_table(tables: Tables, request: Request) -> Document:
    table = tables.create(request.document, request.region)
    return {"TableDescription": table.describe(tables.clock())}


def describe_table(tables: Tables, request: Request) -> Document:
    return {"Table": tables.find_any(request.document).describe(tables.clock())}


def delete_table(tables: Tables, request: Request) -> Document:
    table = tables.find(request.document)
    del tables.tables[table.name]
    return {"TableDescription": table.describe(tables.clock())}


def list_tables(tables: Tables, request: Request) -> Document:
    return {"TableNames": sorted(tables.tables)}


ACTIONS: Mapping[str, Callable[[Tables, Request], Document]] = {
    "CreateTable": create_table,
    "DescribeTable": describe_table,
    "DeleteTable": delete_table,
    "ListTables": list_tables,
    "PutItem": writing.put_item,
    "UpdateItem": writing.update_item,
    "DeleteItem": writing.delete_item,
    "GetItem": reading.get_item,
    "Query": reading.query,
    "Scan": reading.scan,
}
