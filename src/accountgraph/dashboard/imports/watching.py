"""One import: how far it is, what became of it, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from accountgraph.dashboard.forms import Done
from accountgraph.dashboard.imports.choosing import Chosen
from accountgraph.transfer.uploads import cancel_import, delete_import, get_import

if TYPE_CHECKING:
    from starlette.responses import Response

    from accountgraph.dashboard.forms import Form
    from accountgraph.dashboard.visits import Visit


async def import_page(visit: Visit) -> Response:
    """The page; of a dry run, `of` names the file that waits for its import."""
    run = await get_import(visit.db, visit.id_in_path("import_id", "import"))
    of = visit.id_in_query("of", "import")
    path = f"{visit.base}/imports/{run.id}"
    tried = Chosen.of(run) if run.is_dry_run and of else None
    return visit.drawn("imports/run", f"Import of {run.file_name}", run=run, of=of, tried=tried, path=path + (f"?of={of}" if of else ""))


async def cancel(visit: Visit, form: Form) -> Done:
    """End it."""
    del form
    run = await cancel_import(visit.db, visit.id_in_path("import_id", "import"))
    return Done(f"The import of {run.file_name} is ended. Rows that are in stay.")


async def forget(visit: Visit, form: Form) -> Done:
    """Forget one that is over."""
    del form
    await delete_import(visit.db, visit.id_in_path("import_id", "import"))
    return Done("It is forgotten. What it imported stays.", to=f"{visit.base}/imports")
