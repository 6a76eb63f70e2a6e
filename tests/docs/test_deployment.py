"""The files of `deploy/` can be used as they are, and a page names no test that is not there."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.docs.pages import PAGES, ROOT

# npm, where the test's own network is closed: it reads what npm reads, and brings empty files under the names that are copied
NPM = """#!{python}
import runpy
from pathlib import Path
assert Path("package.json").exists() and Path("package-lock.json").exists()
tool = runpy.run_path("../tools/assets.py")
for path in [*tool["COPIED"].values(), tool["FONT"] / "index.css"]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
"""
UNITS = sorted((ROOT / "deploy").glob("*.service"))
PROGRAM = Path(sys.executable).parent / "accountgraph"


def started() -> list[list[str]]:
    """What the units and the container run, each without the program's path."""
    units = [shlex.split(re.findall(r"^ExecStart=(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)[0]) for unit in UNITS]
    [container] = re.findall(r"^CMD \[(.*)\]$", (ROOT / "deploy/Containerfile").read_text(encoding="utf-8"), re.MULTILINE)
    return [words[1:] for words in [*units, re.findall(r'"([^"]*)"', container)]]


def test_there_is_a_unit_for_the_server_and_one_for_the_worker() -> None:
    assert [words[0] for words in started()] == ["serve", "worker", "serve"]


@pytest.mark.parametrize("words", started(), ids=" ".join)
def test_command_of_a_unit_or_container_is_one_that_the_program_takes(words: list[str]) -> None:
    done = subprocess.run([PROGRAM, *words, "--help"], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr


def test_wheel_can_be_built_of_what_the_container_copies(tmp_path: Path) -> None:
    app, programs = tmp_path / "app", tmp_path / "bin"
    for line in re.findall(r"^COPY (.*)$", (ROOT / "deploy/Containerfile").read_text(encoding="utf-8"), re.MULTILINE):
        *sources, to = line.split()
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, app / to, ignore=shutil.ignore_patterns("vendor", "__pycache__"))
            else:
                (app / to).mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, app / to)
    programs.mkdir()
    (programs / "npm").write_text(NPM.format(python=sys.executable), encoding="utf-8")
    (programs / "npm").chmod(0o755)
    search = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    done = subprocess.run(command, cwd=app, env=search, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stdout + done.stderr
    [wheel] = (app / "dist").glob("*.whl")
    assert "accountgraph/dashboard/static/vendor/htmx.js" in ZipFile(wheel).namelist()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_wrong_with_a_unit(unit: Path, tmp_path: Path) -> None:
    here = re.sub(r"^ExecStart=\S+", f"ExecStart={PROGRAM}", unit.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (tmp_path / unit.name).write_text(here, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(tmp_path / unit.name)], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    assert unit.name not in done.stderr


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_page_shows_the_proxys_file_as_it_is(name: str) -> None:
    shown = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
    lines = (ROOT / "deploy" / name).read_text(encoding="utf-8").expandtabs(4).splitlines()
    assert "\n".join(f"    {line}" if line else "" for line in lines) in shown


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not here")
def test_nginx_finds_nothing_wrong_with_its_file(tmp_path: Path) -> None:
    site = (ROOT / "deploy/nginx.conf").read_text(encoding="utf-8").replace("443 ssl", "127.0.0.1:8443")
    site = re.sub(r" *ssl_certificate.*\n", "", site).replace("/var/log/nginx", str(tmp_path))
    folders = "".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}} http {{ {folders} access_log off; {site} }}"
    (tmp_path / "nginx.conf").write_text(whole, encoding="utf-8")
    program = ["nginx", "-t", "-c", str(tmp_path / "nginx.conf"), "-e", f"{tmp_path}/error.log"]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not here")
def test_caddy_finds_nothing_wrong_with_its_file() -> None:
    program = ["caddy", "adapt", "--config", str(ROOT / "deploy/Caddyfile"), "--adapter", "caddyfile"]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    assert '"flush_interval":-1' in done.stdout


def test_setting_of_the_environment_file_is_on_the_page_of_settings() -> None:
    names = re.findall(r"^(?:# )?([A-Z_]{5,})=", (ROOT / "deploy/accountgraph.env").read_text(encoding="utf-8"), re.MULTILINE)
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert {"DATABASE_URL", "ACCOUNTGRAPH_SECRET_KEY"} <= set(names)
    assert not [name for name in names if f"`{name}`" not in operations]


def test_every_test_that_a_page_names_is_there() -> None:
    for path in [*PAGES, ROOT / "CONTRIBUTING.md"]:
        for named in re.findall(r"`(tests/[\w./-]+)`", path.read_text(encoding="utf-8")):
            assert (ROOT / named).exists(), f"{path.name} names {named}"
