"""Every case of the corpus."""

from __future__ import annotations

from tests.inbound.writer import calendars, complaints, late, negatives, notices, private, reports

CASES = [*reports.cases(), *private.cases(), *complaints.cases(), *calendars.cases(), *notices.cases(), *negatives.cases(), *late.cases()]
assert len({(case.folder, case.name) for case in CASES}) == len(CASES)
