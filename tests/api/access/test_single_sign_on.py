"""Logging in at an identity provider: there and back, with cookies that only this browser has, and never as somebody else."""

from __future__ import annotations

from datetime import UTC, datetime
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from accountgraph.access import Role, at_command_line
from accountgraph.access.oidc import LINK_COOKIE, OIDC_COOKIE, Begun, OidcSettings, SingleSignOn
from accountgraph.access.people.memberships import add_member
from accountgraph.access.people.sessions import SESSION_COOKIE
from accountgraph.access.people.users import create_user
from accountgraph.errors import ConfigError
from accountgraph.serving import application
from tests.access.oidc_server import OidcServer
from tests.factories import Clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.api.conftest import Asker

ROOT = at_command_line("root")
ANN, PASSWORD = "ann@ours.com", "correct horse battery"


@pytest.fixture
async def provider() -> AsyncIterator[OidcServer]:
    async with OidcServer(Clock(datetime.now(UTC))).open() as opened:
        yield opened


class Browser:
    """A browser with its cookies, which it keeps and forgets as it is told."""

    def __init__(self, api: Asker) -> None:
        self.api = api
        self.cookies: dict[str, str] = {}

    async def go(self, method: str, path: str, **options: Any) -> httpx.Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {**({"Cookie": cookies} if cookies else {}), **options.pop("headers", {})}
        answer = await self.api.client.request(method, f"/api/v1{path}", headers=headers, **options)
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        return answer

    async def back(self, provider: OidcServer, url: str, **who: str) -> httpx.Response:
        """Log in at the provider, and come back."""
        came = provider.agree(Begun(url=url, cookie=""), **who)
        return await self.go("GET", "/session/oidc/callback", params=came)

    async def enters(self, provider: OidcServer, return_to: str = "/", **who: str) -> httpx.Response:
        begun = await self.go("GET", "/session/oidc", params={"return_to": return_to})
        assert begun.status_code == 303, begun.text
        return await self.back(provider, begun.headers["location"], **who)

    async def name(self) -> str | None:
        """Whose session it has."""
        answer = await self.go("GET", "/session")
        return answer.json()["email"] if answer.status_code == 200 else None


@pytest.fixture
async def browser(api: Asker, provider: OidcServer) -> Browser:
    """Ann is a member of `abm`, and may come by the provider too."""
    recognise = api.parts.recognise
    user = await create_user(recognise.registry, ANN, by=ROOT, password=await recognise.passwords.new(PASSWORD, ANN))
    await add_member(recognise.registry, "abm", user.id, Role.MEMBER, by=ROOT)
    allow(api, provider, link_by_email=True)
    return Browser(api)


def allow(api: Asker, provider: OidcServer, *, link_by_email: bool) -> None:
    settings = OidcSettings(issuer=provider.base, client_id="us", link_by_email=link_by_email)
    api.parts.single_sign_on = SingleSignOn(api.parts.recognise.registry, settings)


async def log_in(browser: Browser) -> dict[str, str]:
    """By the password; gives the header that changes need."""
    begun = await browser.go("POST", "/session", json={"email": ANN, "password": PASSWORD})
    return {"X-CSRF-Token": begun.json()["csrf_token"]}


async def test_who_logs_in_at_the_provider_has_a_session_and_goes_where_they_wanted(browser: Browser, provider: OidcServer) -> None:
    answer = await browser.enters(provider, "/accounts?tier=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/accounts?tier=1")
    assert set(browser.cookies) == {SESSION_COOKIE.name}
    assert await browser.name() == ANN


async def test_browser_is_sent_back_to_the_address_that_it_asked_for(browser: Browser, provider: OidcServer) -> None:
    begun = await browser.go("GET", "/session/oidc")
    query = parse_qs(urlsplit(begun.headers["location"]).query)
    assert begun.headers["location"].startswith(f"{provider.base}/authorize?")
    assert query["redirect_uri"] == [f"{str(browser.api.client.base_url).rstrip('/')}/api/v1/session/oidc/callback"]


async def test_cookies_are_for_this_host_over_https_and_for_no_script(browser: Browser, provider: OidcServer) -> None:
    begun = await browser.go("GET", "/session/oidc")
    back = await browser.back(provider, begun.headers["location"])
    set_here = [line for answer in (begun, back) for line in answer.headers.get_list("set-cookie")]
    assert len(set_here) == 5
    for line in set_here:
        assert line.startswith("__Host-")
        assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= {part.strip() for part in line.split(";")}
        assert "Domain" not in line


async def test_browser_that_did_not_begin_is_not_let_in(browser: Browser, provider: OidcServer) -> None:
    begun = await browser.go("GET", "/session/oidc")
    other = Browser(browser.api)
    answer = await other.back(provider, begun.headers["location"])
    assert (answer.status_code, other.cookies) == (401, {})


async def test_login_works_once(browser: Browser, provider: OidcServer) -> None:
    begun = await browser.go("GET", "/session/oidc")
    kept, url = dict(browser.cookies), begun.headers["location"]
    assert (await browser.back(provider, url)).status_code == 303
    browser.cookies = kept
    assert (await browser.back(provider, url)).status_code == 401


async def test_who_is_nobody_here_gets_no_session(browser: Browser, provider: OidcServer) -> None:
    answer = await browser.enters(provider, subject="eve-1", email="eve@ours.com")
    assert (answer.status_code, answer.json()["type"]) == (401, "urn:accountgraph:problem:unauthenticated")
    assert SESSION_COOKIE.name not in browser.cookies


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example/", "/\\evil.example"])
async def test_browser_is_led_to_no_other_host(browser: Browser, provider: OidcServer, wanted: str) -> None:
    assert (await browser.enters(provider, wanted)).headers["location"] == "/"


async def test_session_that_was_planted_before_the_login_is_worth_nothing(browser: Browser, provider: OidcServer) -> None:
    await log_in(browser)
    planted = Browser(browser.api)
    planted.cookies = dict(browser.cookies)
    await browser.enters(provider)
    assert (await planted.name(), await browser.name()) == (None, ANN)


async def test_provider_that_does_not_answer_as_it_should_is_a_bad_gateway_and_no_more_is_told(
    browser: Browser, provider: OidcServer
) -> None:
    provider.says = {"token_endpoint": "https://10.0.0.1/token"}
    begun = await browser.go("GET", "/session/oidc")
    answer = begun if begun.status_code != 303 else await browser.back(provider, begun.headers["location"])
    assert (answer.status_code, answer.json()["type"]) == (502, "urn:accountgraph:problem:identity-provider")
    assert "10.0.0.1" not in answer.text
    assert SESSION_COOKIE.name not in browser.cookies


async def test_who_is_refused_by_the_provider_is_told_so(browser: Browser) -> None:
    refused = await browser.go("GET", "/session/oidc/callback", params={"error": "access_denied", "state": "x"})
    assert refused.status_code == 401
    assert (await browser.go("GET", "/session/oidc/callback", params={"state": "x"})).json()["errors"][0]["field"] == "code"


async def test_login_that_was_linked_lets_in_where_the_address_is_not_enough(browser: Browser, provider: OidcServer) -> None:
    allow(browser.api, provider, link_by_email=False)
    assert (await browser.enters(provider, subject="x-9")).status_code == 401
    token = await log_in(browser)
    begun = await browser.go("POST", "/session/oidc/link", params={"return_to": "/me"}, headers=token)
    linked = await browser.back(provider, begun.json()["url"], subject="x-9", email="of.another@ours.com")
    assert (linked.status_code, linked.headers["location"]) == (303, "/me")
    assert set(browser.cookies) == {SESSION_COOKIE.name}
    another = Browser(browser.api)
    await another.enters(provider, subject="x-9")
    assert await another.name() == ANN


async def test_another_site_cannot_begin_to_link_a_login(browser: Browser, provider: OidcServer) -> None:
    assert (await browser.go("POST", "/session/oidc/link")).status_code == 401
    await log_in(browser)
    answer = await browser.go("POST", "/session/oidc/link")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:accountgraph:problem:csrf")
    assert LINK_COOKIE.name not in browser.cookies
    allow(browser.api, provider, link_by_email=False)
    assert (await browser.enters(provider, subject="eve-1")).status_code == 401  # a plain login links nothing, though a session is there
    assert (await Browser(browser.api).enters(provider, subject="eve-1")).status_code == 401


async def test_link_that_was_given_up_keeps_nobody_from_logging_in(browser: Browser, provider: OidcServer) -> None:
    await browser.go("POST", "/session/oidc/link", headers=await log_in(browser))
    assert LINK_COOKIE.name in browser.cookies
    del browser.cookies[SESSION_COOKIE.name]
    await browser.enters(provider)
    assert await browser.name() == ANN


async def test_server_without_a_provider_has_no_such_login(api: Asker) -> None:
    for method, path in (("GET", "/session/oidc"), ("GET", "/session/oidc/callback?state=x&code=y"), ("POST", "/session/oidc/link")):
        assert (await api.client.request(method, f"/api/v1{path}")).status_code == 404, path


async def test_server_has_the_provider_that_its_environment_names(url: str, provider: OidcServer) -> None:
    environ = {"DATABASE_URL": url, "ACCOUNTGRAPH_OIDC_ISSUER": provider.base, "ACCOUNTGRAPH_OIDC_CLIENT_ID": "us"}
    app: Any = application(environ)  # httpx's types and Starlette's say the same in other words
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://abm.ours.com") as client:
        begun = await client.get("/api/v1/session/oidc")
    query = parse_qs(urlsplit(begun.headers["location"]).query)
    assert query["redirect_uri"] == ["https://abm.ours.com/api/v1/session/oidc/callback"]
    assert OIDC_COOKIE.name in begun.headers["set-cookie"]
    with pytest.raises(ConfigError, match="ACCOUNTGRAPH_OIDC_CLIENT_ID"):
        application({**environ, "ACCOUNTGRAPH_OIDC_CLIENT_ID": ""})
