"""The checker: whether a draft says only what it may. Pure: the same draft over the same ground gets the same verdict.

It is what stands between a model and a recipient. What a text from outside talks a model into is refused here like any invention.
"""

from accountgraph.drafting.checking.check import check
from accountgraph.drafting.checking.ground import Draft, Ground, Named, Verdict

__all__ = ["Draft", "Ground", "Named", "Verdict", "check"]
