"""Two contacts, or two companies, that are the same become one, and can become two again."""

from accountgraph.merging.duplicates import Duplicates, find_duplicates
from accountgraph.merging.errors import MergeError
from accountgraph.merging.merge import Merge, get_merge, list_merges, merge_companies, merge_contacts
from accountgraph.merging.preview import MergePreview, preview_company_merge, preview_contact_merge
from accountgraph.merging.undoing import Unmerged, unmerge

__all__ = [
    "Duplicates",
    "Merge",
    "MergeError",
    "MergePreview",
    "Unmerged",
    "find_duplicates",
    "get_merge",
    "list_merges",
    "merge_companies",
    "merge_contacts",
    "preview_company_merge",
    "preview_contact_merge",
    "unmerge",
]
