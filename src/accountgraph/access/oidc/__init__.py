"""Single sign-on by OpenID Connect, where an installation has an identity provider."""

from accountgraph.access.oidc.flow import OIDC_COOKIE, Begun, Entered, SingleSignOn
from accountgraph.access.oidc.settings import OidcSettings, oidc_settings

__all__ = ["OIDC_COOKIE", "Begun", "Entered", "OidcSettings", "SingleSignOn", "oidc_settings"]
