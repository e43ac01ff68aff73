"""What SSM and botocore report, sorted by what to do.

Vendors' texts stay out: they can quote what was sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore import exceptions as botocore
from botocore.parsers import ResponseParserError

from oracle_cdc.aws.translation import (
    ACCESS_CODES,
    CREDENTIALS_CODES,
    CREDENTIALS_ERRORS,
    NETWORK_ERRORS,
    PASSING_CODES,
    bare_code,
    describe_network,
)
from oracle_cdc.errors import (
    CdcError,
    ParametersRefused,
    ParametersUnavailable,
    SqsConfigurationError,
)

#: Of a key that is disabled, deleted or another account's.
KEY_CODES = frozenset({"InvalidKeyId"})
#: What SSM says of a key that may not be used: the code is that of any refusal.
KEY_WORDS = ("kms", "ciphertext")
#: Of an endpoint that is another service's.
FOREIGN_CODES = frozenset({"InvalidAction", "UnknownOperationException", "UnknownOperation", "404"})


@contextmanager
def translate(action: str, name: str, region: str) -> Iterator[None]:
    """Turn botocore's errors into ParametersUnavailable and ParametersRefused.

    Parameters:
        action: as IAM names it, such as GetParametersByPath.
        name: of the path or the parameter.
    """
    said = f"SSM {name}: {action} in {region}"
    try:
        yield
    except botocore.ClientError as error:
        raise sort_answer(error, action, said) from error
    except botocore.SSLError as error:
        raise ParametersRefused(
            f"{said}: the certificate is not trusted ({describe_network(error)}); "
            "AWS_CA_BUNDLE names a file of those that are"
        ) from error
    except NETWORK_ERRORS as error:
        raise ParametersUnavailable(
            f"{said}: {describe_network(error)}, AWS_ENDPOINT_URL_SSM and AWS_REGION"
        ) from error
    except (ResponseParserError, AttributeError, KeyError, TypeError) as error:
        # botocore takes whatever JSON comes, and stumbles over what has another shape.
        raise ParametersUnavailable(
            f"{said}: no answer of SSM's; see AWS_ENDPOINT_URL_SSM and AWS_ENDPOINT_URL"
        ) from error
    except CREDENTIALS_ERRORS as error:
        raise ParametersRefused(
            f"{said}: {type(error).__name__}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            "or a profile or role that boto3 finds"
        ) from error
    except botocore.BotoCoreError as error:
        raise ParametersRefused(f"{said}: {type(error).__name__}; see the AWS_ settings") from error
    except (ValueError, OSError) as error:
        # Of what AWS_ variables and files hold that is no URL, number, path ...
        raise ParametersRefused(f"{said}: {type(error).__name__}; see the AWS_ settings") from error
    except SqsConfigurationError as error:
        # The session, which the queues share, knows no region.
        raise ParametersRefused(f"{said}: {error}") from error


def sort_answer(error: botocore.ClientError, action: str, said: str) -> CdcError:
    """Make the error that an answer stands for, or for an unknown code its HTTP status."""
    answer = error.response.get("Error", {})
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0
    code = bare_code(str(answer.get("Code", "")))
    said = f"{said}: {code or 'no code'}, HTTP {status}"
    if code in PASSING_CODES or status >= 500 or status == 429:
        return ParametersUnavailable(said)
    if code in KEY_CODES or (code in ACCESS_CODES and is_of_key(str(answer.get("Message", "")))):
        return ParametersRefused(f"{said}; allow kms:Decrypt on the key of these parameters")
    if code in ACCESS_CODES:
        return ParametersRefused(f"{said}; allow ssm:{action} on it")
    if code in CREDENTIALS_CODES:
        return ParametersRefused(
            f"{said}; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or AWS_SESSION_TOKEN is wrong or "
            "expired, or this host's clock is wrong"
        )
    if code in FOREIGN_CODES or status == 404:
        return ParametersRefused(f"{said}; what answers there is not SSM: see AWS_ENDPOINT_URL_SSM")
    return ParametersRefused(said)


def is_of_key(message: str) -> bool:
    """Return whether a refusal is that of the key, not of the parameters."""
    for word in KEY_WORDS:
        if word in message.lower():
            return True
    return False
