"""Simulation: the real engine on a copy of the audience, in a throw-away workspace, on a virtual clock."""

from accountgraph.simulation.behaviour import TYPICAL, Behaviour, Rate, Response, behaviour_of
from accountgraph.simulation.course import Progress
from accountgraph.simulation.report import SimulationReport
from accountgraph.simulation.run import simulate

__all__ = ["TYPICAL", "Behaviour", "Progress", "Rate", "Response", "SimulationReport", "behaviour_of", "simulate"]
