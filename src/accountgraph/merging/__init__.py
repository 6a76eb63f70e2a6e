"""Two contacts, or two companies, that are the same become one, and can become two again."""

from accountgraph.merging.duplicates import Duplicates, Twin, find_duplicates, twins_of
from accountgraph.merging.errors import MergeError
from accountgraph.merging.merge import Merge, get_merge, list_merges, merge_companies, merge_contacts
from accountgraph.merging.preview import MergePreview, preview_company_merge, preview_contact_merge
from accountgraph.merging.undoing import Unmerged, unmerge

__all__ = [
    "Duplicates",
    "Merge",
    "MergeError",
    "MergePreview",
    "Twin",
    "Unmerged",
    "find_duplicates",
    "get_merge",
    "list_merges",
    "merge_companies",
    "merge_contacts",
    "preview_company_merge",
    "preview_contact_merge",
    "twins_of",
    "unmerge",
]
