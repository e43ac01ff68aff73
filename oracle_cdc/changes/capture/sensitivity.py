"""How much a column is somebody's business, supposed by its name: a person confirms it."""

from __future__ import annotations

from oracle_cdc.changes.rules.table_models import Sensitivity

#: Words of names, between their underscores.
SECRET_WORDS = frozenset(
    (
        *("password", "passwd", "secret", "token", "pin", "cvv", "cvc"),
        *("salt", "credential", "credentials", "apikey"),
    )
)
PERSONAL_WORDS = frozenset(
    (
        *("email", "mail", "phone", "mobile", "msisdn", "fax", "address", "street", "ip"),
        *("birth", "birthday", "gender", "ssn", "passport", "iban", "card", "payment"),
        *("firstname", "lastname", "fullname", "nickname", "surname"),
        *("caller", "sender", "recipient", "transcript", "body"),
    )
)
#: Names that say so as a whole.
PERSONAL_NAMES = frozenset(
    (
        *("name", "first_name", "last_name", "full_name", "display_name", "contact_name"),
        *("username", "user_name", "customer_name", "national_id", "id_number"),
        *("subscriber_no", "account_no", "subject"),
    )
)


def guess_sensitivity(name: str) -> Sensitivity:
    """Return what the name of a field lets suppose."""
    lower = name.lower()
    words = set(lower.split("_"))
    if words & SECRET_WORDS or "api_key" in lower:
        return Sensitivity.SECRET
    if words & PERSONAL_WORDS or lower in PERSONAL_NAMES:
        return Sensitivity.PERSONAL
    return Sensitivity.NONE
