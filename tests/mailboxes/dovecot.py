"""Debian's Dovecot, run for a test: a real IMAP server with its own opinions."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CONFIG = """
base_dir = {home}/run
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/mail/%u
mail_max_userip_connections = 100
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Gesendet {{
    auto = create
    special_use = \\Sent
  }}
}}
"""


def missing() -> str | None:
    """Why it cannot be run here; None: it can."""
    program = shutil.which("dovecot")
    if program is None:
        return "Dovecot is not installed (on Debian: apt-get install dovecot-imapd)"
    if os.geteuid() != 0:
        return "Dovecot is started by root alone"
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return None if version.startswith("2.3.") else f"the configuration is for Dovecot 2.3, and this is {version.split()[0]}"


class Dovecot:
    """A running server. `user(name)`: where that user's mail stands."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port

    def user(self, name: str) -> Path:
        return self.home / "mail" / name


@contextmanager
def running(password: str) -> Iterator[Dovecot]:
    home = Path(tempfile.mkdtemp(prefix="dovecot-"))
    home.chmod(0o755)
    (home / "mail").mkdir()
    shutil.chown(home / "mail", "nobody", "nogroup")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (home / "dovecot.conf").write_text(CONFIG.format(home=home, port=port, password=password), encoding="utf-8")
    process = subprocess.Popen(["dovecot", "-F", "-c", str(home / "dovecot.conf")])
    try:
        _wait(port, home)
        yield Dovecot(home, port)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(home, ignore_errors=True)


def _wait(port: int, home: Path) -> None:
    for _ in range(100):
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError((home / "log").read_text(encoding="utf-8"))
