"""The object store that the environment names, and what its refusals mean."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from transforms.errors import ConfigurationError, CutoverError, SourceError

_CONNECT_S: Final = 10
_ANSWER_S: Final = 30
# Asked so often before an answer is taken for final; what breaks off later is `objects`' own.
_ATTEMPTS: Final = 3

_REFUSED: Final = {
    *("InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"),
    *("TokenRefreshRequired", "InvalidSecurity", "NotSignedUp"),
}
_ELSEWHERE: Final = {
    *("PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "301", "307"),
    *("IllegalLocationConstraintException", "Redirect"),
}
_FORBIDDEN: Final = 403
_SERVER_FAILED: Final = 500


@dataclass(frozen=True, kw_only=True)
class Access:
    """How the environment says that object stores are reached; `endpoint` is "" for AWS itself."""

    key_id: str = field(repr=False)
    secret: str = field(repr=False)
    token: str | None = field(repr=False)
    region: str
    endpoint: str

    @property
    def where(self) -> str:
        """The store, for messages."""
        return self.endpoint or f"AWS in {self.region}"


def access(what: str, environment: Mapping[str, str] = os.environ) -> Access:
    """Gather the variables; `what` is what they are needed for.

    Nothing else is asked: no file in the home, no service of the machine. Raises
    ConfigurationError.
    """
    key_id, secret = (
        environment.get(name, "") for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    )
    if not key_id or not secret:
        raise ConfigurationError(
            f"{what}: the environment has no credentials for object stores. Set AWS_ACCESS_KEY_ID "
            "and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN, if they are temporary) wherever "
            "logs are read; profiles and roles of a machine are not looked for."
        )
    endpoint = _endpoint(what, environment)
    region = environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION", "")
    if not region and not endpoint:
        raise ConfigurationError(
            f"{what}: the environment does not say where the bucket is. Set AWS_REGION, such as "
            "eu-central-1, or AWS_ENDPOINT_URL for a store that is not AWS."
        )
    return Access(
        key_id=key_id,
        secret=secret,
        token=environment.get("AWS_SESSION_TOKEN") or None,
        region=region or "us-east-1",
        endpoint=endpoint,
    )


def _endpoint(what: str, environment: Mapping[str, str]) -> str:
    name = "AWS_ENDPOINT_URL_S3" if environment.get("AWS_ENDPOINT_URL_S3") else "AWS_ENDPOINT_URL"
    if not (text := environment.get(name, "")):
        return ""
    url = _split(text)
    if url is None:
        raise ConfigurationError(
            f"{what}: {name} is no address of a store. Write it such as https://s3.example.org or "
            "http://127.0.0.1:9000, with neither credentials nor a bucket in it."
        )
    if url.scheme == "http" and environment.get("AWS_ALLOW_HTTP", "").lower() not in {"true", "1"}:
        raise ConfigurationError(
            f"{what}: {name} is {text}, so logs would travel unencrypted. Use https, or set "
            "AWS_ALLOW_HTTP=true if the network may be trusted."
        )
    return text.rstrip("/")


def _split(text: str) -> SplitResult | None:
    """Take an endpoint apart, if it is one; its text may hold secrets where it is not."""
    try:
        url = urlsplit(text)
        is_right = url.scheme in {"http", "https"} and url.hostname and url.port != 0
    except ValueError:
        return None
    is_bare = "@" not in url.netloc and not url.query and not url.fragment
    return url if is_right and is_bare else None


@cache
def client(given: Access) -> Any:  # noqa: ANN401 - it has no types
    """Make what asks the store; threads may share it. Nothing is asked yet."""
    # Costs a moment, so only where logs are in a store.
    from botocore.config import Config  # noqa: PLC0415
    from botocore.session import Session  # noqa: PLC0415

    nowhere = (None, None, os.devnull, None)
    session = Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": nowhere,
            "credentials_file": nowhere,
        }
    )
    return session.create_client(
        "s3",
        aws_access_key_id=given.key_id,
        aws_secret_access_key=given.secret,
        aws_session_token=given.token,
        region_name=given.region,
        endpoint_url=given.endpoint or None,
        config=Config(
            connect_timeout=_CONNECT_S,
            read_timeout=_ANSWER_S,
            retries={"total_max_attempts": _ATTEMPTS, "mode": "standard"},
            # Stores of one's own seldom have a host name for each bucket.
            s3={"addressing_style": "path" if given.endpoint else "auto"},
            # Other stores know no newer ways.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


def failures() -> tuple[type[Exception], ...]:
    """What asking a store may raise."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
    from botocore.parsers import ResponseParserError  # noqa: PLC0415
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    return BotoCoreError, ClientError, ResponseParserError, HTTPError, OSError


def answer_of(error: Exception) -> tuple[str, int]:
    """Give the code and the HTTP status with which a store refused; "" and 0 where it did not."""
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return "", 0
    code = str(response.get("Error", {}).get("Code", ""))
    status = int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    # A stranger's server may answer with anything.
    return (code if code.isalnum() else ""), status


def is_passing(error: Exception) -> bool:
    """Whether the network or the store failed, rather than that it refused."""
    code, status = answer_of(error)
    is_answer = bool(code or status)
    return status >= _SERVER_FAILED or code in {"SlowDown", "RequestTimeout"} or not is_answer


def refusal(error: Exception, what: str, bucket: str, given: Access) -> CutoverError:
    """Say what is wrong and what to do; nothing of the library's words, which may hold addresses.

    Its cause, if it has one, says that it may pass.
    """
    code, status = answer_of(error)
    # Where nothing is said of it, the library makes the code from the status.
    said = " ".join(dict.fromkeys(filter(None, (str(status or ""), code))))
    if code == "NoSuchBucket":
        why = (
            f"{given.where} has no bucket {bucket!r}. Correct the bucket's name, or the endpoint "
            "(AWS_ENDPOINT_URL) if it is another store's."
        )
    elif code in _REFUSED:
        why = (
            f"{given.where} does not accept the credentials ({said}). Correct AWS_ACCESS_KEY_ID, "
            "AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; temporary ones may have expired."
        )
    elif code == "RequestTimeTooSkewed":
        why = f"the clocks of this machine and of {given.where} differ too much. Set this one's."
    elif code in _ELSEWHERE:
        why = (
            f"{given.where} has the bucket {bucket!r} in another region than {given.region} "
            f"({said}). Set AWS_REGION to the bucket's own."
        )
    elif code == "InvalidObjectState":
        why = "it is in an archive from which nothing can be read at once. Restore it first."
    elif status == _FORBIDDEN:
        why = (
            f"{given.where} denies access ({said}). Who reads needs s3:ListBucket on the bucket "
            f"{bucket!r} and s3:GetObject on its objects: have them allowed for this access key."
        )
    elif is_passing(error):
        why = f"{given.where} {_failed(said, error)}"
    else:
        why = (
            f"{given.where} answers {said}, as no object store would. Correct AWS_ENDPOINT_URL "
            "and AWS_REGION."
        )
    return SourceError(f"{what}: {why}")


def _failed(said: str, error: Exception) -> str:
    from botocore.exceptions import SSLError  # noqa: PLC0415
    from botocore.parsers import ResponseParserError  # noqa: PLC0415

    if said:
        return (
            f"fails ({said}), also when asked again. Run again later, or correct AWS_ENDPOINT_URL "
            "if that is no object store."
        )
    if isinstance(error, SSLError):
        return (
            "has no certificate that can be verified. Correct AWS_ENDPOINT_URL, or name the file "
            "of the authority that has signed it in AWS_CA_BUNDLE."
        )
    if isinstance(error, ResponseParserError):
        return "answers with what is no answer of an object store. Correct AWS_ENDPOINT_URL."
    return "can't be reached. Correct AWS_ENDPOINT_URL, or run again when the network is back."
