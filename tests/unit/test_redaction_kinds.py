"""What is found in one text: each kind in each writing, and what must not be marked."""

from __future__ import annotations

import pytest

from oracle_cdc.redaction.kinds import Kind
from oracle_cdc.redaction.marking import Marker
from tests.unit.marking import mark_one

CARDS = (
    "4111111111111111",
    "4111 1111 1111 1111",
    "4111-1111-1111-1111",
    "4111.1111.1111.1111",
    "4111 - 1111 - 1111 - 1111",
    "4111\u00a01111\u00a01111\u00a01111",
    "4111\u20111111\u20111111\u20111111",
    "41 11 11 11 11 11 11 11",
    "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    "4111, 1111, 1111, 1111",
    "378282246310005",
    "3782 822463 10005",
    "5555555555554444",
    "6011 1111 1111 1117",
    "3530111333300000",
    "30569309025904",
    "3056 930902 5904",
    "2223003122003222",
    "6304000000000000",
    "٤١١١١١١١١١١١١١١١",
    "\uff14\uff11\uff11\uff11" + 3 * " \uff11\uff11\uff11\uff11",
    "4111\u200e1111\u200e1111\u200e1111",
    "4111 + 1111 + 1111 + 1111",
    "4111&nbsp;1111&nbsp;1111&nbsp;1111",
    "378,282,246,310,005",
)
IDS = (
    "123456782",
    "12345678-2",
    "1-2345678-2",
    "12 345 678 2",
    "123-456-782",
    "000000018",
    "123,456,782",
)
IBANS = (
    "IL620108000000099999999",
    "IL62 0108 0000 0009 9999 999",
    "il62-0108-0000-0009-9999-999",
    "GB29 NWBK 6016 1331 9268 19",
    "DE89370400440532013000",
    "FR14 2004 1010 0505 0001 3M02 606",
    "MT84MALT011000012345MTLCAST001S",
    "GB29  NWBK - 6016 1331 9268 19",
    "GB29\u200eNWBK\u200e60161331926819",
)
PHONES = (
    "0541234567",
    "054-1234567",
    "054-123-4567",
    "054 123 4567",
    "054.123.4567",
    "054/1234567",
    "05-41234567",
    "(054) 123-4567",
    "(054)1234567",
    "03-1234567",
    "03 123 4567",
    "(03) 123-4567",
    "077-1234567",
    "0771234567",
    "+972541234567",
    "+972-54-123-4567",
    "+972 (0)54 123 4567",
    "+972-3-1234567",
    "00972541234567",
    "00972-54-1234567",
    "972541234567",
    "972-54-1234567",
    "54-1234567",
    "1-800-123-456",
    "1700-123-456",
    "+1 415 555 2671",
    "+1 (415) 555-2671",
    "415-555-2671",
    "+44 20 7946 0958",
    "0044 20 7946 0958",
    "\uff10\uff15\uff14\uff11\uff12\uff13\uff14\uff15\uff16\uff17",
    "٠٥٤١٢٣٤٥٦٧",
    "054\u200e-\u200e1234567",
    "054\u05be1234567",
    "\uff0b442079460958",
    "0,541,234,567",
    "054&nbsp;123&#8209;4567",
)
EMAILS = (
    "dani@example.com",
    "dani.levi+bills@mail.example.co.il",
    "DANI_77@EXAMPLE.ORG",
    "דני@example.com",
    "dani@דוגמה.קום",
    "dani\uff20example.com",
    "dani @ example.com",
    "dani%40example.com",
    "dani&#64;example.com",
    '"dani levi"@example.com',
    "josé.garcía@example.com",
    "jose\u0301.garci\u0301a@exa\u0308mple.com",
    "müller@example.de",
    "o'brien@example.com",
    "r&d@example.com",
    "dani at example dot com",
    "dani dot levi at example dot co dot il",
    "dani שטרודל example נקודה com",
    "דני שטרודל ג'ימייל נקודה קום",
)
FRAMES = ("{}", "here: {}.", "זה {}, תודה", "\u202b{}\u202c", "({})", '"{}"', "a, {} and more")


@pytest.mark.parametrize(
    ("kind", "written"),
    [
        *((Kind.CARD, text) for text in CARDS),
        *((Kind.ID, text) for text in IDS),
        *((Kind.IBAN, text) for text in IBANS),
        *((Kind.PHONE, text) for text in PHONES),
        *((Kind.EMAIL, text) for text in EMAILS),
    ],
)
def test_each_writing_is_marked_and_what_stands_around_it_stays(kind: Kind, written: str) -> None:
    for frame in FRAMES:
        if kind is Kind.EMAIL and frame == "a, {} and more" and "dot" in written:
            continue
        assert mark_one(frame.format(written)) == frame.format(kind.mark)


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("לdani@example.com", "ל[EMAIL]"),
        ("ב0541234567 או ב-03-1234567", "ב[PHONE] או ב-[PHONE]"),
        ("0541234567 0531234567", "[PHONE] [PHONE]"),
        ("054-1234567, 03-7654321", "[PHONE], [PHONE]"),
        ("4111 1111 1111 1111 12/27 123", "[CARD] 12/27 123"),
        ("4111111111111111 12345678-2", "[CARD] [ID]"),
        ("12 345 678 2 0541234567", "[ID] [PHONE]"),
        ("card4111111111111111", "card[CARD]"),
        ("id123456782", "id[ID]"),
        ('ת"ז 123456782', 'ת"ז [ID]'),
        ("תעודת זהות 12345674", "תעודת זהות [ID]"),
        ("mail a@b.co,c@d.co", "mail [EMAIL],[EMAIL]"),
        ("*0541234567* or *054-1234567*", "*[PHONE]* or *[PHONE]*"),
        ("_123456782_", "_[ID]_"),
        ("first\\n123456782\\nlast", "first\\n[ID]\\nlast"),
        ("?tel=%2B972541234567", "?tel=%2B[PHONE]"),
        ("transfer to 12 GB29NWBK60161331926819", "transfer to 12 [IBAN]"),
        ('ת"ז 12345678-2 2 ילדים', 'ת"ז [ID] 2 ילדים'),
        ("972-54-1234567 5 times", "[PHONE] 5 times"),
        ("2024 +972 54 123 4567 2024", "2024 [PHONE] 2024"),
        ("054,1234567 054,1234567", "[PHONE] [PHONE]"),
        ("+44 20 7946 0958 or +44 20 7946 0958", "[PHONE] or [PHONE]"),
        # Thirteen digits of it, too, could be those of a card.
        ("my phone is 054 12.34 567", "my phone is [PHONE]"),
        ("my phone 12.34.567", "my phone [PHONE]"),
        ("door 6 4111 1111 1111 1111", "door [CARD]"),
        ("2024 _+44 20 7946 0958_", "2024 _[PHONE]_"),
        ("20 NIS 3782-822463-10005", "20 NIS [CARD]"),
        ("20 NIS 037654321", "20 NIS [PHONE]"),
        ("|12345678-2|12345678-2|", "|[ID]|[ID]|"),
    ],
)
def test_what_is_joined_to_words_or_to_others_is_found_too(text: str, marked: str) -> None:
    assert mark_one(text) == marked


@pytest.mark.parametrize(
    "number",
    ["12345678-2", "123 456 782", "972-54-1234567", "415-555-2671", "415 555 2671", "0541234567"],
)
def test_each_number_of_a_list_is_marked(number: str) -> None:
    marked = mark_one(number)
    assert "5" not in marked
    for between in ("\n", "\r\n", "\t", ", ", "; "):
        assert mark_one(between.join([number] * 3)) == between.join([marked] * 3)


def test_what_two_findings_share_is_marked_to_the_end_of_the_longer() -> None:
    assert mark_one("x.GB29NWBK60161331926819@example.com") == "[EMAIL][IBAN]"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("my phone number is 1234567", "my phone number is [PHONE]"),
        ("הטלפון שלי 123-4567", "הטלפון שלי [PHONE]"),
        ("call me at 541234567", "call me at [PHONE]"),
        ("תעודת זהות 031234560, טלפון 031234567", "תעודת זהות [ID], טלפון [PHONE]"),
    ],
)
def test_words_before_a_number_say_what_it_is(text: str, marked: str) -> None:
    assert mark_one(text) == marked


@pytest.mark.parametrize(
    "text",
    [
        "order 123456789",
        "order number 20240115",
        "הזמנה 1234567",
        "invoice 4111111111111112",
        "it costs 1,234,567 NIS",
        "₪123456782",
        '123456782 ש"ח',
        "$1,000,000.50",
        "NIS 123,456,782",
        'ש"ח 123,456,782.50',
        "on 01/02/2024 at 10:30",
        "2024-01-15 10:30:00",
        "15.01.2024 12",
        "01/02/24",
        "extension 4512, room 12, floor 3",
        "I have 2 lines and 3 phones",
        "one moment please",
        "two of the three",
        "רגע אחד בבקשה",
        "שתי דקות",
        "account 98765432",
        "version 3.10.12",
        "10%",
        "0000000000000000",
        "IL620108000000099999998",
        "user@localhost",
        "a @ b",
        "10 pieces @ 3.50.Thanks",
        "phone bill 123.45 and 67.89",
        "טלפון במחיר 12999.90 בתשלומים",
        "call me between 10.30 and 12.45",
        "התקשרו בין 8.30-17.00",
        "10 pieces@ 3.50.Thanks",
        "meet me at home dot",
        "#123456782",
        "INV123456782",
        "123456789012345678901234567890",
        "",
        "   ",
    ],
)
def test_what_is_nobodys_number_stays(text: str) -> None:
    assert mark_one(text) == text


def test_only_the_kinds_that_are_asked_for_are_marked() -> None:
    text = "4111111111111111 123456782 IL620108000000099999999 0541234567 a@b.co"
    marked = {
        Kind.CARD: text.replace("4111111111111111", "[CARD]"),
        Kind.ID: text.replace("123456782", "[ID]"),
        Kind.IBAN: text.replace("IL620108000000099999999", "[IBAN]"),
        Kind.PHONE: text.replace("0541234567", "[PHONE]"),
        Kind.EMAIL: text.replace("a@b.co", "[EMAIL]"),
    }
    for kind, expected in marked.items():
        assert mark_one(text, Marker([kind], "IL")) == expected


@pytest.mark.parametrize(
    ("kind", "text", "marked"),
    [
        # Nine digits that are also an identity number.
        (Kind.PHONE, "031234560", "[PHONE]"),
        (Kind.PHONE, "0541234567@example.com", "[PHONE]@example.com"),
        (Kind.ID, "03-123-4560", "[ID]"),
        (Kind.ID, "mail 123456782@example.com", "mail [ID]@example.com"),
    ],
)
def test_a_kind_that_is_not_asked_for_hides_none_that_is(
    kind: Kind, text: str, marked: str
) -> None:
    assert mark_one(text, Marker([kind], "IL")) == marked


def test_the_region_says_how_local_numbers_are_written() -> None:
    assert mark_one("4155552671", Marker(Kind, "US")) == "[PHONE]"
    assert mark_one("020 7946 0958", Marker(Kind, "GB")) == "[PHONE]"
    assert mark_one("4155552671") == "4155552671"


def test_a_region_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="no region XX"):
        Marker(Kind, "XX")


def test_what_is_found_is_counted_by_kind() -> None:
    found = Marker(Kind, "IL").mark_text("0541234567 a@b.co 0531234567")
    assert found.counts == {Kind.PHONE: 2, Kind.EMAIL: 1}
