"""Single sign-on by OpenID Connect, where an installation has an identity provider."""

from accountgraph.access.oidc.flow import LINK_COOKIE, OIDC_COOKIE, Begun, Entered, SingleSignOn
from accountgraph.access.oidc.settings import OidcError, OidcSettings, oidc_settings

__all__ = ["LINK_COOKIE", "OIDC_COOKIE", "Begun", "Entered", "OidcError", "OidcSettings", "SingleSignOn", "oidc_settings"]
