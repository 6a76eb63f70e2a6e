"""The identity provider: where its doors are, with which keys it signs, and what it says of somebody."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct, field

from accountgraph.access.oidc.fetching import ask
from accountgraph.access.oidc.settings import OidcError
from accountgraph.addresses import may_get_secrets

if TYPE_CHECKING:
    from accountgraph.access.oidc.settings import OidcSettings

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""How an identity may be signed: by a key that only the provider has. Not "none", and no secret that we have too."""
KEPT = timedelta(hours=1)  # how long its doors and keys are known
ASKED_AGAIN = timedelta(minutes=1)  # for a key that is not known: not more often than that
LEEWAY = 60  # seconds that clocks may differ


class Doors(Struct, frozen=True):
    """What it publishes of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: list[str] = field(default_factory=lambda: ["client_secret_basic"])
    authorization_response_iss_parameter_supported: bool = False


class Identity(Struct, frozen=True):
    """Whom it knows. `email` only where it says that it has verified it."""

    issuer: str
    subject: str
    email: str | None


class IdentityProvider:
    """Asks the provider, and knows for an hour what it said of itself."""

    def __init__(self, settings: OidcSettings) -> None:
        self.settings = settings
        self._doors: tuple[datetime, Doors] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    async def doors(self, now: datetime) -> Doors:
        """Where to send people, and where to ask.

        Raises:
            OidcError: it does not say, or calls itself something else.
        """
        if self._doors is None or now - self._doors[0] >= KEPT:
            url = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            self._doors = now, self._checked(await ask(url, is_private=self.settings.is_private))
        return self._doors[1]

    def _checked(self, said: dict[str, Any]) -> Doors:
        try:
            doors = msgspec.convert(said, Doors)
        except msgspec.ValidationError as error:
            raise OidcError(f"{self.settings.issuer} does not publish what it should: {error}.") from None
        if doors.issuer != self.settings.issuer:
            raise OidcError(f"{self.settings.issuer} calls itself {doors.issuer}; set ACCOUNTGRAPH_OIDC_ISSUER to exactly that.")
        if not may_get_secrets(doors.authorization_endpoint.partition("?")[0]):
            raise OidcError(f"{doors.authorization_endpoint} is no https address.")
        return doors

    async def identity(self, code: str, verifier: str, nonce: str, redirect_uri: str, now: datetime) -> Identity:
        """Who came back with this code.

        Raises:
            OidcError: the code is not taken, or what comes for it is not signed, not for us, not of now, or not for this login.
        """
        doors, settings = await self.doors(now), self.settings
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        auth = None
        if settings.client_secret is None:
            form["client_id"] = settings.client_id
        elif "client_secret_basic" in doors.token_endpoint_auth_methods_supported:
            auth = (_form_encoded(settings.client_id), _form_encoded(settings.client_secret))
        else:
            form |= {"client_id": settings.client_id, "client_secret": settings.client_secret}
        said = await ask(doors.token_endpoint, is_private=settings.is_private, form=form, auth=auth)
        id_token = said.get("id_token")
        if not isinstance(id_token, str):
            raise OidcError(f"{settings.issuer} gives no id_token; the client needs the scope openid.")
        return self._read(await self._verified(id_token, now), nonce, now)

    async def _verified(self, id_token: str, now: datetime) -> dict[str, Any]:
        """The claims; where no key fits, the provider may have a new one, and is asked once."""
        keys = await self._key_set(now, KEPT)
        try:
            return dict(jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError):
            keys = await self._key_set(now, ASKED_AGAIN)
        try:
            return dict(jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims)
        except (JoseError, ValueError) as error:
            raise OidcError(
                f"{self.settings.issuer} gives an identity that is not signed as it should be ({type(error).__name__})."
            ) from None

    async def _key_set(self, now: datetime, oldest: timedelta) -> KeySet:
        if self._keys is None or now - self._keys[0] >= oldest:
            said = await ask((await self.doors(now)).jwks_uri, is_private=self.settings.is_private)
            try:
                keys = [key for key in said["keys"] if isinstance(key, dict) and key.get("use", "sig") == "sig" and key.get("kty") != "oct"]
                self._keys = now, KeySet.import_key_set({"keys": keys})
            except (JoseError, ValueError, KeyError, TypeError):
                raise OidcError(f"{self.settings.issuer} publishes no keys that can be read.") from None
        return self._keys[1]

    def _read(self, claims: dict[str, Any], nonce: str, now: datetime) -> Identity:
        ours, audience = self.settings, claims.get("aud")
        several = audience if isinstance(audience, list) else [audience]
        seconds = now.timestamp()
        wrong = [
            what
            for what, is_right in {
                "iss": claims.get("iss") == ours.issuer,
                "aud": ours.client_id in several and (len(several) == 1 or claims.get("azp") == ours.client_id),
                "azp": claims.get("azp", ours.client_id) == ours.client_id,
                "exp": _number(claims.get("exp")) > seconds - LEEWAY,
                "iat": 0 < _number(claims.get("iat")) <= seconds + LEEWAY,
                "nbf": _number(claims.get("nbf", 0)) <= seconds + LEEWAY,
                "nonce": isinstance(claims.get("nonce"), str)
                and hmac.compare_digest(claims["nonce"].encode("utf-8", "replace"), nonce.encode()),
                "sub": isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= 255,
            }.items()
            if not is_right
        ]
        if wrong:
            raise OidcError(f"{ours.issuer} gives an identity that is not for this login ({', '.join(wrong)}).")
        email, said = claims.get("email"), claims.get("email_verified")
        is_verified = said is True or said == "true"  # some write it as text
        return Identity(ours.issuer, claims["sub"], email if is_verified and isinstance(email, str) else None)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def _form_encoded(text: str) -> str:
    """As RFC 6749 wants id and secret before they go into the header."""
    return quote_plus(text)
