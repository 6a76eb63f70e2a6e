"""AWS Signature Version 4, for a POST of JSON without a query (docs.aws.amazon.com, "Create a signed AWS API request")."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

_ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials(NamedTuple):
    """An access key. `token`: of temporary credentials."""

    key_id: str
    secret: str
    token: str | None = None


def signed_headers(
    credentials: Credentials,
    *,
    host: str,
    path: str,
    body: bytes,
    region: str,
    service: str,
    now: datetime,
    content_type: str = "application/json",
) -> dict[str, str]:
    """The headers that sign a request. `host` with its port where that is not the usual one; `now` is UTC."""
    at = f"{now:%Y%m%dT%H%M%SZ}"
    headers = {"content-type": content_type, "host": host, "x-amz-date": at}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))
    request = "\n".join(["POST", path, "", lines, names, hashlib.sha256(body).hexdigest()])
    scope = f"{at[:8]}/{region}/{service}/aws4_request"
    to_sign = "\n".join([_ALGORITHM, at, scope, hashlib.sha256(request.encode()).hexdigest()])
    signature = hmac.new(_key(credentials.secret, scope), to_sign.encode(), hashlib.sha256).hexdigest()
    authorization = f"{_ALGORITHM} Credential={credentials.key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {**headers, "authorization": authorization}


def _key(secret: str, scope: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
