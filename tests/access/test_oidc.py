"""Single sign-on: only who began comes back, only what the provider signed for us and now is believed, and nobody is taken for another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from joserfc.jwk import ECKey, RSAKey

from accountgraph.access import AccessDeniedError, Denied, Origin, Registry, Role
from accountgraph.access.log import list_entries
from accountgraph.access.oidc import OIDC_COOKIE, Begun, Entered, OidcSettings, SingleSignOn, oidc_settings
from accountgraph.access.oidc.fetching import ask, may_be_asked
from accountgraph.access.oidc.settings import OidcError
from accountgraph.access.people.login import log_in
from accountgraph.access.people.sessions import authenticate_session
from accountgraph.access.people.users import disable_user
from accountgraph.errors import ConfigError
from tests.access.conftest import GOOD, ROOT, person
from tests.access.oidc_server import OidcServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from accountgraph.access.people.passwords import Passwords
    from accountgraph.access.people.users import User
    from tests.factories import Clock

BACK = "https://abm.ours.com/login/back"


@pytest.fixture
async def server(clock: Clock) -> AsyncIterator[OidcServer]:
    async with OidcServer(clock).open() as opened:
        yield opened


@pytest.fixture
async def ann(registry: Registry, passwords: Passwords) -> User:
    return await person(registry, passwords)


def settings(server: OidcServer, **fields: Any) -> OidcSettings:
    return OidcSettings(**{"issuer": server.base, "client_id": "us", "client_secret": "s3:cret", "link_by_email": True, **fields})


@pytest.fixture
def sso(registry: Registry, server: OidcServer) -> SingleSignOn:
    return SingleSignOn(registry, settings(server))


async def entered(sso: SingleSignOn, server: OidcServer, *, subject: str = "ann-1", email: str = "ann@ours.com") -> Entered:
    begun = await sso.begin(BACK)
    return await sso.finish(BACK, **server.agree(begun, subject, email), cookie=begun.cookie)


async def denied(work: Any) -> Denied:
    with pytest.raises(AccessDeniedError) as caught:
        await work
    return caught.value.kind


async def test_known_user_enters_and_goes_where_they_wanted(
    registry: Registry, passwords: Passwords, sso: SingleSignOn, server: OidcServer, clock: Clock
) -> None:
    user = await person(registry, passwords)
    begun = await sso.begin(BACK, return_to="/accounts?tier=1")
    came = server.agree(begun)
    done = await sso.finish(BACK, **came, cookie=begun.cookie, origin=Origin(ip="203.0.113.7"))
    assert done.return_to == "/accounts?tier=1"
    assert (await authenticate_session(registry, done.session.token, clock())).user_id == user.id
    login, linked, *_ = await list_entries(registry)
    assert (login.action, login.details["how"], linked.action) == ("login", "single sign-on", "identity.linked")
    told = msgspec.json.encode(await list_entries(registry)).decode() + repr([sso.settings, begun, done])
    assert not [secret for secret in (came["code"], came["state"], begun.cookie, done.session.token, "s3:cret") if secret in told]


@pytest.mark.parametrize(
    ("wanted", "got"),
    [
        ("/a/b?c=d#e", "/a/b?c=d#e"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("/a\\..\\b", "/"),
        ("", "/"),
    ],
)
@pytest.mark.usefixtures("ann")
async def test_browser_goes_back_to_this_host_alone(sso: SingleSignOn, server: OidcServer, wanted: str, got: str) -> None:
    begun = await sso.begin(BACK, return_to=wanted)
    assert (await sso.finish(BACK, **server.agree(begun), cookie=begun.cookie)).return_to == got


async def test_login_comes_back_once_in_time_and_to_the_browser_that_began_it(
    registry: Registry, passwords: Passwords, sso: SingleSignOn, server: OidcServer, clock: Clock
) -> None:
    await person(registry, passwords)
    begun, other = await sso.begin(BACK), await sso.begin(BACK)
    came = server.agree(begun)
    assert await denied(sso.finish(BACK, **came, cookie=other.cookie)) is Denied.UNKNOWN
    assert await denied(sso.finish(BACK, code=came["code"], state="made up", cookie=begun.cookie)) is Denied.UNKNOWN
    await sso.finish(BACK, **came, cookie=begun.cookie)
    assert await denied(sso.finish(BACK, **came, cookie=begun.cookie)) is Denied.UNKNOWN
    clock.forward(minutes=10)
    assert await denied(sso.finish(BACK, **server.agree(other), cookie=other.cookie)) is Denied.UNKNOWN


async def test_code_of_another_login_is_worth_nothing(
    registry: Registry, passwords: Passwords, sso: SingleSignOn, server: OidcServer
) -> None:
    await person(registry, passwords)
    mine, theirs = await sso.begin(BACK), await sso.begin(BACK)
    state, code = server.agree(mine)["state"], server.agree(theirs)["code"]
    with pytest.raises(OidcError, match="invalid_grant"):
        await sso.finish(BACK, state=state, code=code, cookie=mine.cookie)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"iss": "https://evil.example"}, "iss"),
        ({"aud": "somebody else"}, "aud"),
        ({"aud": ["us", "somebody else"]}, "aud"),
        ({"aud": ["us", "somebody else"], "azp": "somebody else"}, "aud, azp"),
        ({"aud": None}, "aud"),
        ({"exp": 1_000_000_000}, "exp"),
        ({"exp": None}, "exp"),
        ({"exp": "9999999999"}, "exp"),
        ({"exp": True}, "exp"),
        ({"iat": 9_999_999_999}, "iat"),
        ({"iat": None}, "iat"),
        ({"nbf": 9_999_999_999}, "nbf"),
        ({"nonce": "of another login"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"sub": ""}, "sub"),
        ({"sub": None}, "sub"),
    ],
)
@pytest.mark.usefixtures("ann")
async def test_identity_that_is_not_for_this_login_is_not_believed(
    sso: SingleSignOn, server: OidcServer, changes: dict[str, Any], named: str
) -> None:
    server.changes = changes
    with pytest.raises(OidcError, match=rf"not for this login \({named}\)"):
        await entered(sso, server)


async def test_several_audiences_are_fine_where_we_are_the_party(
    registry: Registry, passwords: Passwords, sso: SingleSignOn, server: OidcServer
) -> None:
    await person(registry, passwords)
    server.changes = {"aud": ["us", "somebody else"], "azp": "us"}
    await entered(sso, server)


@pytest.mark.parametrize("forgery", ["unsigned", "signed_with_what_all_know", "signed_by_another"])
async def test_identity_that_the_provider_did_not_sign_is_not_believed(
    registry: Registry, passwords: Passwords, sso: SingleSignOn, server: OidcServer, forgery: str
) -> None:
    await person(registry, passwords)
    server.sign = getattr(server, forgery)
    with pytest.raises(OidcError, match="not signed as it should be"):
        await entered(sso, server)


async def test_keys_are_asked_for_once_an_hour_and_again_for_a_new_one(
    registry: Registry, passwords: Passwords, sso: SingleSignOn, server: OidcServer, clock: Clock
) -> None:
    await person(registry, passwords)
    for _ in range(3):
        await entered(sso, server)
    assert (server.asked.count("/keys"), server.asked.count("/.well-known/openid-configuration")) == (1, 1)
    server.key, server.algorithm = ECKey.generate_key("P-256", parameters={"kid": "k2"}, private=True), "ES256"
    clock.forward(minutes=1)
    await entered(sso, server)
    assert server.asked.count("/keys") == 2
    server.key, server.algorithm = RSAKey.generate_key(2048, parameters={"kid": "k3"}, private=True), "RS256"
    with pytest.raises(OidcError, match="not signed"):
        await entered(sso, server)
    assert server.asked.count("/keys") == 2  # not more often than once a minute, whatever comes


async def test_address_is_enough_only_by_setting_and_only_verified(
    registry: Registry, passwords: Passwords, sso: SingleSignOn, server: OidcServer
) -> None:
    await person(registry, passwords)
    strict = SingleSignOn(registry, settings(server, link_by_email=False))
    assert await denied(entered(strict, server)) is Denied.UNKNOWN
    for changes in (
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": 1},
        {"email": None},
        {"email": ["ann@ours.com"]},
    ):
        server.changes = changes
        assert await denied(entered(sso, server)) is Denied.UNKNOWN, changes
    server.changes = {}
    await entered(sso, server, email="Ann@OURS.com")
    await entered(strict, server, email="renamed@ours.com")  # the identity is known now, whatever its address


async def test_address_that_was_given_to_somebody_else_opens_nothing(
    registry: Registry, passwords: Passwords, sso: SingleSignOn, server: OidcServer
) -> None:
    await person(registry, passwords)
    await entered(sso, server, subject="ann-1")
    assert await denied(entered(sso, server, subject="her-successor")) is Denied.UNKNOWN


async def test_nobody_unknown_is_made_a_user(registry: Registry, sso: SingleSignOn, server: OidcServer) -> None:
    assert await denied(entered(sso, server)) is Denied.UNKNOWN
    [failed] = await list_entries(registry)
    assert (failed.action, failed.subject) == ("login.failed", "ann@ours.com")


async def test_disabled_user_does_not_enter_that_way_either(
    registry: Registry, passwords: Passwords, sso: SingleSignOn, server: OidcServer
) -> None:
    user = await person(registry, passwords)
    await entered(sso, server)
    await disable_user(registry, user.id, by=ROOT)
    assert await denied(entered(sso, server)) is Denied.DISABLED


async def test_who_is_logged_in_links_an_identity_that_is_nobody_elses(
    registry: Registry, passwords: Passwords, server: OidcServer, clock: Clock
) -> None:
    strict = SingleSignOn(registry, settings(server, link_by_email=False))
    ann = await person(registry, passwords)
    await person(registry, passwords, "bob@ours.com", Role.VIEWER)

    async def link(email: str, begun: Begun) -> str:
        session = await log_in(registry, passwords, email, GOOD)
        signed_in = await authenticate_session(registry, session.token, clock())
        return await strict.link(signed_in, BACK, **server.agree(begun, "x-9", "private@home.example"), cookie=begun.cookie)

    assert await link("ann@ours.com", await strict.begin(BACK, return_to="/me")) == "/me"
    assert (await entered(strict, server, subject="x-9")).session.user_id == ann.id
    assert await denied(link("bob@ours.com", await strict.begin(BACK))) is Denied.UNKNOWN
    assert (await entered(strict, server, subject="x-9")).session.user_id == ann.id


@pytest.mark.parametrize("fields", [{"client_secret": None}, {"says": {"token_endpoint_auth_methods_supported": ["client_secret_post"]}}])
async def test_client_without_secret_or_with_it_in_the_form(
    registry: Registry, passwords: Passwords, server: OidcServer, fields: dict[str, Any]
) -> None:
    await person(registry, passwords)
    server.says = fields.pop("says", {})
    await entered(SingleSignOn(registry, settings(server, **fields)), server)


async def test_answer_of_another_provider_is_refused(registry: Registry, passwords: Passwords, server: OidcServer) -> None:
    await person(registry, passwords)
    server.says = {"authorization_response_iss_parameter_supported": True}
    sso = SingleSignOn(registry, settings(server))
    for iss in (None, "https://evil.example"):
        begun = await sso.begin(BACK)
        with pytest.raises(OidcError, match="not one of"):
            await sso.finish(BACK, **server.agree(begun), cookie=begun.cookie, iss=iss)
    begun = await sso.begin(BACK)
    await sso.finish(BACK, **server.agree(begun), cookie=begun.cookie, iss=server.base)


@pytest.mark.parametrize(
    ("says", "match"),
    [
        ({"issuer": "https://evil.example"}, "calls itself"),
        ({"token_endpoint": "http://169.254.169.254/latest"}, "no https address"),
        ({"jwks_uri": "https://169.254.169.254/latest"}, "within our own network"),
        ({"token_endpoint": "https://10.0.0.1/token"}, "within our own network"),
        ({"authorization_endpoint": "javascript:alert(1)"}, "no https address"),
        ({"token_endpoint": None}, "does not publish"),
    ],
)
async def test_provider_leads_nowhere_within_our_network(
    registry: Registry, passwords: Passwords, server: OidcServer, says: dict[str, Any], match: str
) -> None:
    await person(registry, passwords)
    server.says = says
    with pytest.raises(OidcError, match=match):
        await entered(SingleSignOn(registry, settings(server)), server)


@pytest.mark.parametrize(
    ("host", "address", "is_private", "may"),
    [
        ("idp.example", "93.184.216.34", False, True),
        ("idp.example", "2606:2800:220:1::1", False, True),
        ("idp.example", "127.0.0.1", True, False),
        ("localhost", "127.0.0.1", False, True),
        ("idp.example", "::1", True, False),
        ("idp.example", "::ffff:127.0.0.1", True, False),
        ("idp.example", "10.1.2.3", False, False),
        ("idp.example", "10.1.2.3", True, True),
        ("idp.example", "::ffff:10.1.2.3", False, False),
        ("idp.example", "fd00::1", False, False),
        ("idp.example", "fd00::1", True, True),
        ("idp.example", "169.254.169.254", True, False),
        ("idp.example", "::ffff:169.254.169.254", True, False),
        ("idp.example", "fe80::1%eth0", True, False),
        ("idp.example", "0.0.0.0", True, False),  # noqa: S104 - an address to be refused
        ("idp.example", "224.0.0.1", True, False),
        ("idp.example", "100.64.0.1", True, False),
    ],
)
def test_which_addresses_are_asked(host: str, address: str, is_private: bool, may: bool) -> None:
    assert may_be_asked(host, address, is_private=is_private) is may


async def test_what_answers_without_end_or_otherwise_than_json_is_refused(server: OidcServer) -> None:
    server.says = {"padding": "x" * 600_000}
    with pytest.raises(OidcError, match="more than it should"):
        await ask(f"{server.base}/.well-known/openid-configuration")
    with pytest.raises(OidcError, match="answers 400: invalid_grant"):
        await ask(f"{server.base}/token", form={"code": "x"})
    with pytest.raises(OidcError, match="cannot be reached"):
        await ask("http://127.0.0.1:1/")


def test_settings_come_from_the_environment_and_hide_the_secret() -> None:
    environ = {
        "ACCOUNTGRAPH_OIDC_ISSUER": "https://idp.example",
        "ACCOUNTGRAPH_OIDC_CLIENT_ID": "us",
        "ACCOUNTGRAPH_OIDC_CLIENT_SECRET": "s3:cret",
        "ACCOUNTGRAPH_OIDC_LINK_BY_EMAIL": "yes",
    }
    found = oidc_settings(environ)
    assert found == OidcSettings(
        issuer="https://idp.example", client_id="us", client_secret=environ["ACCOUNTGRAPH_OIDC_CLIENT_SECRET"], link_by_email=True
    )
    assert "s3:cret" not in repr(found)
    assert oidc_settings({}) is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ACCOUNTGRAPH_OIDC_ISSUER": "http://idp.example"}, "ISSUER"),
        ({"ACCOUNTGRAPH_OIDC_CLIENT_ID": ""}, "CLIENT_ID"),
        ({"ACCOUNTGRAPH_OIDC_LINK_BY_EMAIL": "perhaps"}, "LINK_BY_EMAIL"),
    ],
)
def test_setting_that_cannot_be_used_is_named(changes: dict[str, str], field: str) -> None:
    environ = {"ACCOUNTGRAPH_OIDC_ISSUER": "https://idp.example", "ACCOUNTGRAPH_OIDC_CLIENT_ID": "us"}
    with pytest.raises(ConfigError, match=f"ACCOUNTGRAPH_OIDC_{field}"):
        oidc_settings(environ | changes)


def test_cookie_of_a_login_lasts_ten_minutes() -> None:
    assert (OIDC_COOKIE.name, OIDC_COOKIE.max_age, OIDC_COOKIE.samesite) == ("__Host-accountgraph-sso", 600, "lax")
