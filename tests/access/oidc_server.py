"""A local identity provider: it publishes itself, signs, and checks codes and verifiers as the documents say."""

from __future__ import annotations

import asyncio
import hmac
import json
from base64 import b64decode, urlsafe_b64encode
from contextlib import asynccontextmanager
from functools import cache
from hashlib import sha256
from secrets import token_hex
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import parse_qs, unquote_plus, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from accountgraph.access.oidc.flow import Begun
    from tests.factories import Clock


class Came(TypedDict):
    """What a browser brings back."""

    code: str
    state: str


@cache
def _first_key() -> RSAKey:
    """A run's own: making one takes longer than a login."""
    return RSAKey.generate_key(2048, parameters={"kid": "k1", "use": "sig"}, private=True)


class OidcServer:
    """`changes`: claims of the next identity in the place of the right ones; None leaves one out. `says`: of itself. `asked`: paths."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.port = 0
        self.key: RSAKey | ECKey = _first_key()
        self.algorithm = "RS256"
        self.sign: Callable[[dict[str, Any]], str] = self._signed
        self.changes: dict[str, Any] = {}
        self.says: dict[str, Any] = {}
        self.asked: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[OidcServer]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield self

    def agree(self, begun: Begun, subject: str = "ann-1", email: str = "ann@ours.com") -> Came:
        """A person who logs in there: what their browser brings back."""
        query = {key: values[0] for key, values in parse_qs(urlsplit(begun.url).query).items()}
        assert (query["response_type"], query["code_challenge_method"], query["client_id"]) == ("code", "S256", "us")
        code = token_hex(8)
        self._codes[code] = query | {"sub": subject, "email": email}
        return {"code": code, "state": query["state"]}

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        path = head.split(" ")[1]
        self.asked.append(path)
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:])}
        body = (await reader.readexactly(int(headers.get("content-length", "0")))).decode()
        status, answer = self._answer(path, {key: values[0] for key, values in parse_qs(body).items()}, headers.get("authorization", ""))
        content = json.dumps(answer).encode()
        writer.write(f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
        await writer.drain()
        writer.close()

    def _answer(self, path: str, form: dict[str, str], authorization: str) -> tuple[str, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            doors = {"issuer": self.base, "authorization_endpoint": f"{self.base}/authorize", "token_endpoint": f"{self.base}/token"}
            return "200 OK", doors | {"jwks_uri": f"{self.base}/keys"} | self.says
        if path == "/keys":
            return "200 OK", {"keys": [self.key.as_dict(private=False)]}
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or not self._is_ours(form, authorization) or form["redirect_uri"] != asked["redirect_uri"]:
            return "400 Bad Request", {"error": "invalid_grant"}
        made = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).rstrip(b"=").decode()
        if made != asked["code_challenge"]:
            return "400 Bad Request", {"error": "invalid_grant"}
        return "200 OK", {"access_token": "a-1", "token_type": "Bearer", "id_token": self.sign(self._claims(asked))}

    def _is_ours(self, form: dict[str, str], authorization: str) -> bool:
        if authorization.startswith("Basic "):
            said = [unquote_plus(part) for part in b64decode(authorization[6:]).decode().split(":")]
            return said == ["us", "s3:cret"]
        return (form.get("client_id"), form.get("client_secret")) in {("us", "s3:cret"), ("us", None)}

    def _claims(self, asked: dict[str, str]) -> dict[str, Any]:
        now = int(self.clock().timestamp())
        claims = {"iss": self.base, "aud": "us", "sub": asked["sub"], "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        claims |= {"email": asked["email"], "email_verified": True} | self.changes
        return {name: value for name, value in claims.items() if value is not None}

    def _signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": self.algorithm, "kid": self.key.kid or ""}, claims, self.key)

    def unsigned(self, claims: dict[str, Any]) -> str:
        """Without a signature, by the algorithm "none"."""
        head, body = (urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none"}, claims))
        return f"{head}.{body}."

    def signed_with_what_all_know(self, claims: dict[str, Any]) -> str:
        """By HS256 with the public key for a secret, for a verifier that takes any algorithm."""
        head = {"alg": "HS256", "kid": "k1", "typ": "JWT"}
        signed = ".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (head, claims))
        mac = hmac.new(self.key.as_pem(private=False), signed.encode(), sha256).digest()
        return f"{signed}.{urlsafe_b64encode(mac).rstrip(b'=').decode()}"

    def signed_by_another(self, claims: dict[str, Any]) -> str:
        """By a key of the same name that is not the provider's."""
        other = RSAKey.generate_key(2048, parameters={"kid": "k1"}, private=True)
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, other)
