"""Write every case; what is no case any more goes."""

from __future__ import annotations

import json
from pathlib import Path

from tests.inbound.writer.cases import CASES

CORPUS = Path(__file__).parent.parent / "corpus"


def main() -> None:
    for folder in sorted({case.folder for case in CASES}):
        (CORPUS / folder).mkdir(parents=True, exist_ok=True)
        for old in (CORPUS / folder).iterdir():
            old.unlink()
    for case in CASES:
        path = CORPUS / case.folder / case.name
        path.with_suffix(".eml").write_bytes(case.content)
        expected = case.expected | ({"late": True} if case.late else {})
        path.with_suffix(".json").write_text(json.dumps(expected, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
