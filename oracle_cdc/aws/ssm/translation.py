"""What SSM reports, sorted by what to do.

Vendors' texts stay out: they can quote what was sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from oracle_cdc.aws.error_codes import ACCESS_CODES
from oracle_cdc.aws.translation import Answer, Call, ErrorFamily, translate_shape
from oracle_cdc.aws.translation import translate as translate_errors
from oracle_cdc.errors import CdcError, ParametersRefused, ParametersUnavailable

ERRORS = ErrorFamily(
    unavailable=ParametersUnavailable,
    unanswered=ParametersUnavailable,
    untrusted=ParametersRefused,
    configuration=ParametersRefused,
    missing=ParametersRefused,
    credentials=ParametersRefused,
)
#: Of a key that is disabled, deleted or another account's.
KEY_CODES = frozenset({"InvalidKeyId"})
#: What SSM says of a key that may not be used: the code is that of any refusal.
KEY_WORDS = ("kms", "ciphertext")


@contextmanager
def translate(action: str, name: str, region: str) -> Iterator[None]:
    """Turn botocore's errors into ParametersUnavailable and ParametersRefused.

    Parameters:
        action: as IAM names it, such as GetParametersByPath.
        name: of the path or the parameter.
    """
    call = Call(
        service="SSM",
        said=f"SSM {name}: {action} in {region}",
        right=f"ssm:{action}",
        place="it",
        errors=ERRORS,
        endpoint_settings=("AWS_ENDPOINT_URL_SSM", "AWS_REGION"),
        own=sort_own,
    )
    with translate_shape(call), translate_errors(call):
        yield


def sort_own(call: Call, answer: Answer) -> CdcError | None:
    """Sort what SSM says of the key that its parameters are encrypted with."""
    is_refused = answer.code in ACCESS_CODES and is_of_key(answer.message)
    if answer.code in KEY_CODES or is_refused:
        said = call.describe(answer)
        return ParametersRefused(f"{said}; allow kms:Decrypt on the key of these parameters")
    return None


def is_of_key(message: str) -> bool:
    """Return whether a refusal is that of the key, not of the parameters."""
    for word in KEY_WORDS:
        if word in message.lower():
            return True
    return False
