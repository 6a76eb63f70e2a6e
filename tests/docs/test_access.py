"""The page about users, keys and roles says what is."""

from __future__ import annotations

import inspect
import re

from accountgraph.access import GRANTS, Permission, Role
from accountgraph.access.keys.authenticate import KEPT
from accountgraph.access.oidc import settings
from accountgraph.access.people import invitations, passwords, resets, sessions, throttle
from tests.docs.pages import page, rows, section

PAGE = " ".join(page("access.md").split())


def test_table_of_rights_is_the_table_that_holds() -> None:
    described = {row[0].strip("`"): row[1:] for row in rows(section(page("access.md"), "## Roles"))}
    assert set(described) == set(Permission)
    for permission, cells in described.items():
        assert [cell != "-" for cell in cells] == [permission in GRANTS[role] for role in Role], permission


def test_settings_of_single_sign_on_are_described() -> None:
    read = set(re.findall(r'"(ACCOUNTGRAPH_OIDC_\w+)"', inspect.getsource(settings)))
    assert {row[0].strip("`") for row in rows(section(page("access.md"), "## Single sign-on"))} == read


def test_figures_are_those_of_the_program() -> None:
    days, hours = sessions.LASTS.days, resets.LASTS.seconds // 3600
    assert (days, hours, invitations.LASTS.days, sessions.IDLE.days, throttle.FREE_BY_ACCOUNT, throttle.FREE_BY_IP) == (14, 1, 7, 1, 5, 20)
    for figure in (
        f"opens for {KEPT.seconds} seconds at most",
        f"At least {passwords.SHORTEST} signs, {passwords.LONGEST} at most",
        f"({passwords.HASHER.memory_cost // 1024} MB, {passwords.HASHER.time_cost} passes)",
        f"at most {throttle.LONGEST_WAIT // 60} minutes",
        sessions.SESSION_COOKIE.name,
        f"once, {invitations.LASTS.days} days",
    ):
        assert figure in PAGE, figure
