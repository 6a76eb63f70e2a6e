"""The files that pages load: our styles as one sheet, our scripts as modules, and what comes from npm."""

from __future__ import annotations

import gzip
import re
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.responses import Response

from accountgraph.errors import ConfigError
from accountgraph.http.problems import ProblemError

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from fastapi import Request

STATIC = "/app/static"
_KINDS = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "woff2": "font/woff2",
}
_FOR_EVER = "public, max-age=31536000, immutable"  # its address changes with its content
_PACKED = frozenset({"css", "js", "svg"})  # a font is packed already
_URL = re.compile(r"url\(([\w./-]+)\)")
_IMPORT = re.compile(r'(from |import\(|import )"(\./|\.\./)([\w./-]+\.js)"')


class Assets:
    """All files, read once. Styles are `css/*.css` in the order of their names, behind the fonts; a script is a module `js/*.js`."""

    def __init__(self) -> None:
        """Read them.

        Raises:
            ConfigError: those of npm are not there.
        """
        read = dict(_read(files("accountgraph.dashboard") / "static"))
        if "vendor/htmx.js" not in read:
            raise ConfigError("What the pages load from npm is missing; in a checkout, make setup brings it.")
        sheets = [read.pop(name) for name in sorted(read) if name.startswith("css/")]
        read["dashboard.css"] = b"\n".join([read.pop("vendor/inter.css"), *sheets])
        self._version = sha256(b"".join(name.encode() + one for name, one in sorted(read.items()))).hexdigest()[:12]
        self._files = {name: self._linked(name, content) for name, content in read.items()}
        self._packed = {
            name: gzip.compress(content, 9, mtime=0) for name, content in self._files.items() if name.rpartition(".")[2] in _PACKED
        }

    def address(self, name: str) -> str:
        """The address of a file; another one whenever any of them is another.

        Raises:
            KeyError: there is no such file.
        """
        if name not in self._files:
            raise KeyError(name)
        return f"{STATIC}/{name}?v={self._version}"

    async def answer(self, request: Request) -> Response:
        """A file that pages load."""
        name = request.path_params["name"]
        kind = _KINDS.get(name.rpartition(".")[2])
        if name not in self._files or kind is None:
            raise ProblemError(404, "There is no such file.")
        headers = {"Cache-Control": _FOR_EVER, "Vary": "Accept-Encoding"}
        if name in self._packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(self._packed[name], media_type=kind, headers={**headers, "Content-Encoding": "gzip"})
        return Response(self._files[name], media_type=kind, headers=headers)

    def _linked(self, name: str, content: bytes) -> bytes:
        """A sheet or a script in which the files that it loads have their addresses."""
        if name.endswith(".css"):
            return _URL.sub(lambda found: f"url({STATIC}/{found[1]}?v={self._version})", content.decode()).encode()
        if name.startswith("js/"):
            return _IMPORT.sub(self._import, content.decode()).encode()
        return content

    def _import(self, found: re.Match[str]) -> str:
        folder = "js/" if found[2] == "./" else ""
        return f'{found[1]}"{STATIC}/{folder}{found[3]}?v={self._version}"'


def _read(folder: Traversable, before: str = "") -> list[tuple[str, bytes]]:
    """The files of a folder and of those in it, by their paths."""
    found: list[tuple[str, bytes]] = []
    for one in folder.iterdir():
        if one.is_dir():
            found += _read(one, f"{before}{one.name}/")
        elif one.name.rpartition(".")[2] in _KINDS:
            found.append((before + one.name, one.read_bytes()))
    return found
