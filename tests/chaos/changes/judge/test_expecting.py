"""What the judge expects of a change, where a table's events have only what differs."""

from __future__ import annotations

from collections.abc import Mapping

from tests.chaos.changes.journal import Written
from tests.chaos.changes.judge.expecting import expect

BEFORE = {"ACCOUNT": "7", "OWNER_NAME": "Dana", "STAMP": "a"}


def test_an_update_has_only_the_columns_that_differ_as_they_are_published() -> None:
    [found] = expect(Written(1, 1, "accounts", BEFORE, {**BEFORE, "STAMP": "b"}))
    assert (found.before, found.after) == ({"stamp": "a"}, {"stamp": "b"})


def test_two_values_that_are_published_alike_do_not_differ() -> None:
    after = {**BEFORE, "OWNER_NAME": "Ruth", "STAMP": "b"}
    [found] = expect(Written(1, 1, "accounts", BEFORE, after))
    assert found.after == {"stamp": "b"}
    assert found.row is not None
    assert found.row["owner_name"] == "[REDACTED]"


def test_an_update_that_changes_nothing_that_is_published_is_not_wanted() -> None:
    label = {"ID": 1, "TITLE": "new", "OWNER_NAME": "Dana", "STAMP": "a"}

    def is_skipped(after: Mapping[str, object]) -> bool:
        [found] = expect(Written(1, 1, "labels", label, after))
        return found.is_skipped

    assert is_skipped({**label, "STAMP": "b"})
    assert is_skipped({**label, "OWNER_NAME": "Ruth", "STAMP": "b"})
    assert not is_skipped({**label, "TITLE": "used"})


def test_inserts_and_deletes_have_whole_rows() -> None:
    [inserted] = expect(Written(1, 1, "accounts", None, BEFORE))
    assert inserted.after is not None
    assert set(inserted.after) == {"account", "owner_name", "stamp"}
    [deleted] = expect(Written(2, 1, "accounts", BEFORE, None))
    assert deleted.before == inserted.after
