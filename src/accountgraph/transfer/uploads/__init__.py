"""Imports of uploaded files: kept in the database until they are in, run under a lease by whatever process is there.

`keeping` is what is uploaded, asked and ended; `running` does the work; `preview` says beforehand what would come of it.
"""

from accountgraph.transfer.uploads.choosing import Upload, copy_upload, get_upload
from accountgraph.transfer.uploads.crew import ImportCrew
from accountgraph.transfer.uploads.keeping import (
    TooManyImportsError,
    add_chunk,
    begin_upload,
    cancel_import,
    delete_import,
    drop_upload,
    get_import,
    list_imports,
    queue_import,
    rejects_of,
    sweep,
)
from accountgraph.transfer.uploads.models import ImportRun, ImportSettings, RejectReason
from accountgraph.transfer.uploads.names import safe_name
from accountgraph.transfer.uploads.preview import ImportPreview, api_words, check_head, preview_import
from accountgraph.transfer.uploads.running import run_next

__all__ = [
    "ImportCrew",
    "ImportPreview",
    "ImportRun",
    "ImportSettings",
    "RejectReason",
    "TooManyImportsError",
    "Upload",
    "add_chunk",
    "api_words",
    "begin_upload",
    "cancel_import",
    "check_head",
    "copy_upload",
    "delete_import",
    "drop_upload",
    "get_import",
    "get_upload",
    "list_imports",
    "preview_import",
    "queue_import",
    "rejects_of",
    "run_next",
    "safe_name",
    "sweep",
]
