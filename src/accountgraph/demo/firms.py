"""The accounts of the rich demo: forty firms that are not, with the story that each of them tells."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Story(StrEnum):
    """What the year with an account was like."""

    RISING = "rising"
    STEADY = "steady"
    FALLING = "falling"
    QUIET = "quiet"
    NEW = "new"
    CUSTOMER = "customer"
    CHURNED = "churned"


class Firm(NamedTuple):
    """One account. `people`: how many of its people are known; `owner`: which of our own people looks after it, by their place."""

    name: str
    domain: str
    industry: str
    size: str
    city: str
    country: str
    tier: str
    status: str
    story: Story
    people: int
    owner: int
    campaign: str
    description: str


_TABLE = """
Halvorsen Marine|halvorsen-marine|Shipping|enterprise|Bergen|NO|strategic|engaged|rising|40|0||Coastal freight and ferries; 2,300 people and nine yards.
Bellweather Foods|bellweather-foods|Food and beverage|enterprise|Chicago|US|strategic|customer|customer|31|1||Chilled food for retailers in eleven states.
Kestrel & Rowe|kestrel-rowe|Logistics|large|Leeds|GB|strategic|engaged|rising|15|0||Contract logistics for furniture and home wares.
Amselfeld Technik|amselfeld-technik|Machinery|large|Stuttgart|DE|strategic|engaged|steady|12|2||Packaging machines, built to order.
Verdant Rail|verdant-rail|Transport|enterprise|Lyon|FR|strategic|engaged|falling|12|3||Regional rail services and their depots.
Sundara Textiles|sundara-textiles|Textiles|large|Coimbatore|IN|tier1|engaged|rising|10|1||Yarns and home textiles, four mills.
Oakhollow Health|oakhollow-health|Healthcare|large|Denver|US|tier1|customer|customer|13|1||Outpatient clinics in the mountain states.
Tidewater Provisioning|tidewater-provisioning|Wholesale|medium|Baltimore|US|tier1|prospecting|steady|11|1|depot|Ship chandlers and cold stores on the east coast.
Nordlys Energi|nordlys-energi|Energy|large|Trondheim|NO|tier1|engaged|steady|10|0||Grid maintenance in the north.
Van der Meulen Glas|vandermeulen-glas|Manufacturing|large|Eindhoven|NL|tier1|customer|customer|10|2||Laboratory and architectural glass.
Castellan Aero|castellan-aero|Aerospace|enterprise|Toulouse|FR|tier1|prospecting|quiet|9|3||Cabin interiors and galley parts.
Brightmoor Retail|brightmoor-retail|Retail|large|Manchester|GB|tier1|engaged|falling|9|0||Two hundred garden and do-it-yourself stores.
Ironquay Ports|ironquay-ports|Shipping|large|Rotterdam|NL|tier1|prospecting|rising|10|2||Bulk terminals on three rivers.
Lumen & Larch|lumen-larch|Furniture|medium|Malmö|SE|tier1|prospecting|new|6|0||Office furniture, sold by subscription.
Pinecrest Paper|pinecrest-paper|Paper|medium|Portland|US|tier1|prospecting|quiet|9|1|depot|Corrugated board and display packaging.
Maplewood Dairy|maplewood-dairy|Food and beverage|medium|Guelph|CA|tier1|prospecting|steady|9|1|depot|Cheese and yoghurt for restaurants.
Carrow Instruments|carrow-instruments|Medical devices|medium|Cork|IE|tier1|engaged|rising|9|0||Syringe pumps and their service.
Alpenrad Mobility|alpenrad-mobility|Automotive|medium|Graz|AT|tier2|prospecting|quiet|7|2||Cargo bikes and light electric vans.
Orchid Bay Hotels|orchid-bay-hotels|Hospitality|large|Singapore|SG|tier2|engaged|steady|9|3||City hotels with four hundred rooms each.
Redgum Mining Services|redgum-mining|Mining|large|Perth|AU|tier2|prospecting|falling|8|3||Camps, catering and shift transport.
Fennimore Insurance|fennimore-insurance|Insurance|large|Hartford|US|tier2|prospecting|steady|14|1|depot|Cover for farms and small plants.
Copperline Rail Freight|copperline-freight|Transport|medium|Omaha|US|tier2|prospecting|steady|12|1|depot|Short lines and transloading.
Hollins Vale Brewing|hollins-vale|Food and beverage|small|Sheffield|GB|tier2|customer|customer|6|0||A brewery with sixty pubs of its own.
Brackenridge Builders|brackenridge-builders|Construction|large|Austin|US|tier2|prospecting|quiet|13|1|depot|Warehouses and data halls, turnkey.
Quillan Press|quillan-press|Printing|medium|Edinburgh|GB|tier2|prospecting|steady|11|0|shift|Catalogues, labels and loyalty mail.
Stonebridge Labs|stonebridge-labs|Pharmaceuticals|large|Cambridge|GB|tier2|prospecting|rising|12|0|shift|Contract testing for new medicines.
Aurelia Ceramics|aurelia-ceramics|Manufacturing|medium|Valencia|ES|tier2|engaged|falling|7|3||Tiles for hotels and swimming pools.
Ponte Nove Pharma|pontenove-pharma|Pharmaceuticals|medium|Bologna|IT|tier2|churned|churned|8|3||Generics for hospitals.
Wislany Logistyka|wislany-logistyka|Logistics|medium|Gdańsk|PL|tier2|engaged|steady|7|2||Groupage between the Baltic and the Balkans.
Harbourlight Care|harbourlight-care|Healthcare|medium|Dublin|IE|tier2|prospecting|steady|11|0|shift|Thirty care homes and a nursing agency.
Silverfjord Seafood|silverfjord-seafood|Food and beverage|medium|Ålesund|NO|tier2|prospecting|steady|10|0|shift|Salmon, from the pen to the counter.
Mirador Solar|mirador-solar|Energy|medium|Seville|ES|tier3|prospecting|new|5|3||Roof panels and their upkeep.
Juniper Creek Analytics|junipercreek|Software|small|Toronto|CA|tier3|prospecting|new|4|1||Forecasts for grocers.
Tamarind Foods|tamarind-foods|Food and beverage|medium|Pune|IN|tier3|engaged|steady|6|1||Spice blends for kitchens and brands.
Kauri Timber|kauri-timber|Forestry|medium|Auckland|NZ|tier3|prospecting|steady|9|3||Sawn timber and pre-cut house frames.
Serra Azul Coffee|serra-azul|Food and beverage|medium|Belo Horizonte|BR|tier3|churned|churned|5|3||Estates and a roastery.
Minamoto Precision|minamoto-precision|Machinery|large|Nagoya|JP|tier3|prospecting|quiet|5|3||Spindles and bearings.
Rosewell Bakeries|rosewell-bakeries|Food and beverage|large|Columbus|US|tier3|prospecting|steady|16|1|depot|Bread for canteens and schools in five states.
Larkspur Clinics|larkspur-clinics|Healthcare|small|Zurich|CH|tier3|prospecting|new|3|2||Eye surgery by the day.
Greywacke Quarries|greywacke-quarries|Mining|medium|Cardiff|GB|tier3|prospecting|steady|11|0|shift|Roadstone and railway ballast.
"""

ZONES = {
    "NO": "Europe/Oslo", "US": "America/New_York", "GB": "Europe/London", "DE": "Europe/Berlin", "FR": "Europe/Paris", "IN": "Asia/Kolkata",
    "NL": "Europe/Amsterdam", "SE": "Europe/Stockholm", "CA": "America/Toronto", "IE": "Europe/Dublin", "AT": "Europe/Vienna",
    "SG": "Asia/Singapore", "AU": "Australia/Perth", "ES": "Europe/Madrid", "IT": "Europe/Rome", "PL": "Europe/Warsaw",
    "NZ": "Pacific/Auckland", "BR": "America/Sao_Paulo", "JP": "Asia/Tokyo", "CH": "Europe/Zurich",
}  # fmt: skip
"""Where the people of a country live, IANA."""
DOMAIN_END = ".example"


def _firm(line: str) -> Firm:
    name, domain, industry, size, city, country, tier, status, story, people, owner, campaign, description = line.split("|")
    return Firm(
        name, domain + DOMAIN_END, industry, size, city, country, tier, status, Story(story), int(people), int(owner), campaign, description
    )


FIRMS: tuple[Firm, ...] = tuple(_firm(line) for line in _TABLE.strip().splitlines())
