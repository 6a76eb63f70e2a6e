"""What is known of a person, their erasure, and how long what came in is kept."""

from accountgraph.privacy.erasing import ErasureReport, erase_person
from accountgraph.privacy.exporting import PersonExport, export_person
from accountgraph.privacy.retention import KINDS, Retained, RetentionRule, apply_retention, get_retention, set_retention

__all__ = [
    "KINDS",
    "ErasureReport",
    "PersonExport",
    "Retained",
    "RetentionRule",
    "apply_retention",
    "erase_person",
    "export_person",
    "get_retention",
    "set_retention",
]
