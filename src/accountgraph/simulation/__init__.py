"""Simulation: the real engine on a copy of the audience, in a throw-away workspace, on a virtual clock."""

from accountgraph.simulation.behaviour import TYPICAL, Behaviour, Rate, Response
from accountgraph.simulation.course import Progress
from accountgraph.simulation.given import behaviour_of, read_behaviour
from accountgraph.simulation.page import html_page
from accountgraph.simulation.report import SimulationReport
from accountgraph.simulation.run import simulate

__all__ = [
    "TYPICAL",
    "Behaviour",
    "Progress",
    "Rate",
    "Response",
    "SimulationReport",
    "behaviour_of",
    "html_page",
    "read_behaviour",
    "simulate",
]
