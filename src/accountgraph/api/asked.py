"""What lists may be asked: how many rows, after which one, in which order."""

from typing import Annotated

from msgspec import Meta

from accountgraph.listing.page import MOST

Limit = Annotated[int, Meta(ge=1, le=MOST, description="Rows of a page at most.")]
After = Annotated[str | None, Meta(description="The `next` of the page before.")]
A_PAGE = 50
