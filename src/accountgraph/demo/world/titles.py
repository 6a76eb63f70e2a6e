"""What people of an account do there: titles by department and rank, and what they have to say when something is bought."""

from __future__ import annotations

from typing import NamedTuple

RANKS = ("c-level", "vp", "director", "manager", "individual_contributor")


class Post(NamedTuple):
    """One place in a firm. `buying_role`: what its holder has to say when something is bought."""

    department: str
    rank: str
    title: str
    buying_role: str | None


_OPERATIONS, _FINANCE, _PEOPLE, _IT, _BUYING = "Operations", "Finance", "People", "IT", "Procurement"
HEAD = Post("Management", "c-level", "Chief Executive Officer", "executive sponsor")
POSTS: tuple[Post, ...] = (
    Post(_OPERATIONS, "c-level", "Chief Operating Officer", "decision maker"),
    Post(_OPERATIONS, "director", "Director of Operations", "champion"),
    Post(_IT, "director", "IT Director", "technical buyer"),
    HEAD,
    Post(_FINANCE, "c-level", "Chief Financial Officer", "economic buyer"),
    Post(_OPERATIONS, "manager", "Workforce Planning Manager", "user"),
    Post(_PEOPLE, "vp", "VP People", "influencer"),
    Post(_BUYING, "manager", "Category Manager, Software", "gatekeeper"),
    Post(_OPERATIONS, "manager", "Shift Planning Lead", "champion"),
    Post(_IT, "manager", "Integration Manager", "technical buyer"),
    Post(_FINANCE, "director", "Head of Controlling", "influencer"),
    Post(_OPERATIONS, "vp", "VP Supply Chain", "decision maker"),
    Post(_PEOPLE, "manager", "HR Business Partner", "influencer"),
    Post(_OPERATIONS, "manager", "Depot Manager", "user"),
    Post(_IT, "c-level", "Chief Information Officer", "decision maker"),
    Post(_OPERATIONS, "individual_contributor", "Roster Planner", "user"),
    Post(_BUYING, "director", "Director of Procurement", "gatekeeper"),
    Post(_IT, "individual_contributor", "Systems Analyst", "user"),
    Post(_OPERATIONS, "manager", "Site Manager", "user"),
    Post(_PEOPLE, "director", "Director of Employee Relations", "influencer"),
    Post(_OPERATIONS, "individual_contributor", "Dispatcher", "user"),
    Post(_FINANCE, "manager", "Payroll Manager", "influencer"),
    Post(_IT, "vp", "VP Technology", "technical buyer"),
    Post(_OPERATIONS, "director", "Regional Operations Director", "influencer"),
    Post(_OPERATIONS, "individual_contributor", "Crew Coordinator", "user"),
    Post(_BUYING, "individual_contributor", "Buyer", None),
    Post(_OPERATIONS, "manager", "Yard Manager", "user"),
    Post(_IT, "individual_contributor", "Data Engineer", None),
    Post(_PEOPLE, "individual_contributor", "Works Council Liaison", "influencer"),
    Post(_OPERATIONS, "manager", "Night Shift Manager", "user"),
    Post(_FINANCE, "individual_contributor", "Cost Analyst", None),
    Post(_OPERATIONS, "director", "Director of Continuous Improvement", "champion"),
    Post(_OPERATIONS, "individual_contributor", "Maintenance Planner", "user"),
    Post(_IT, "manager", "Security Manager", "technical buyer"),
    Post(_OPERATIONS, "manager", "Terminal Manager", "user"),
    Post(_PEOPLE, "individual_contributor", "Training Coordinator", None),
    Post(_OPERATIONS, "individual_contributor", "Capacity Analyst", "user"),
    Post(_BUYING, "vp", "VP Sourcing", "economic buyer"),
    Post(_OPERATIONS, "vp", "VP Field Operations", "decision maker"),
    Post(_IT, "individual_contributor", "Service Desk Lead", None),
)
INTERESTS = (
    "fair rosters", "overtime", "demand forecasts", "works agreements", "night shifts", "temporary staff", "skills matrices",
    "absence", "payroll interfaces", "mobile apps for crews", "cycling", "rowing", "jazz", "gardening", "chess", "mountain huts",
)  # fmt: skip
