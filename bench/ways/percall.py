"""What people would otherwise write: for each new call a query, a message, an insert, a commit."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from bench.ways.edges import client, connect
from standins.oracle import SOURCE

FIND = (
    f"SELECT CALL_ID FROM {SOURCE} s WHERE NOT EXISTS "
    "(SELECT 1 FROM CDC_PROCESSED_CALLS p WHERE p.CALL_ID = TO_CHAR(s.CALL_ID)) "
    "GROUP BY CALL_ID ORDER BY MIN(TEXT_TIME) FETCH FIRST :row_limit ROWS ONLY"
)
READ = (
    f"SELECT BAN, SUBSCRIBER_NO, OWNER, TEXT, TEXT_TIME, CALL_TIME FROM {SOURCE} "
    "WHERE CALL_ID = :call_id ORDER BY TEXT_TIME"
)
INSERT = (
    "INSERT INTO CDC_PROCESSED_CALLS (CALL_ID, TEXT_TIME, SQS_MESSAGE_ID) "
    "VALUES (:call_id, :text_time, :message_id)"
)


def prepare(calls: str) -> Callable[[], int]:
    """Send this number of calls, one after the other."""
    connection, sqs = connect(), client()
    url = os.environ["SQS_OUTBOUND_QUEUE_URL"]

    def work() -> int:
        with connection.cursor() as cursor:
            cursor.arraysize = int(calls)
            cursor.execute(FIND, row_limit=int(calls))
            ids = [row[0] for row in cursor]
            for call_id in ids:
                cursor.execute(READ, call_id=call_id, fetch_lobs=False)
                rows = cursor.fetchall()
                body = json.dumps(message(call_id, rows), ensure_ascii=False)
                answer = sqs.send_message(
                    QueueUrl=url, MessageBody=body, MessageAttributes=attributes(call_id)
                )
                cursor.execute(
                    INSERT,
                    call_id=str(call_id),
                    text_time=rows[-1][4],
                    message_id=answer["MessageId"],
                )
                connection.commit()
        return len(ids)

    return work


def attributes(call_id: int) -> dict[str, Any]:
    return {
        "messageType": {"DataType": "String", "StringValue": "CONVERSATION_ASSEMBLY"},
        "callId": {"DataType": "String", "StringValue": str(call_id)},
    }


def message(call_id: int, rows: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """Return the message of one call."""
    turns = []
    for row in rows:
        turns.append({"channel": row[2], "text": row[3], "timestamp": row[4].isoformat()})
    return {
        "type": "CONVERSATION_ASSEMBLY",
        "callId": str(call_id),
        "ban": rows[0][0],
        "subscriberNo": rows[0][1],
        "callTime": rows[0][5].isoformat(),
        "messages": turns,
    }
