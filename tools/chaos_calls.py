"""Calls to leave, one for each pair of a government and a country, that the rules read as exactly that."""

from __future__ import annotations

import random
from collections.abc import Iterator

ISSUERS = (
    "FR France French; DE Germany German; CA Canada Canadian; AU Australia Australian; JP Japan Japanese; IT "
    "Italy Italian; ES Spain Spanish; SE Sweden Swedish; NO Norway Norwegian; PL Poland Polish; BR Brazil "
    "Brazilian; IN India Indian; CN China Chinese; RU Russia Russian; TR Turkey Turkish; GR Greece Greek"
)
PLACES = (
    "ML Mali; NE Niger; SD Sudan; LB Lebanon; YE Yemen; HT Haiti; IQ Iraq; IR Iran; LY Libya; SO Somalia; BF "
    "Burkina Faso; ET Ethiopia; VE Venezuela; NI Nicaragua; AF Afghanistan; BI Burundi; ER Eritrea; MM "
    "Myanmar; KP North Korea; NG Nigeria; UG Uganda; KE Kenya; BD Bangladesh; NP Nepal; LK Sri Lanka; CU Cuba"
)


def calls(rng: random.Random) -> Iterator[tuple[str, str, str]]:
    """Pair ("FR-ML"), title and text of each, in random order."""
    pairs = [(issuer, place) for issuer in ISSUERS.split("; ") for place in PLACES.split("; ")]
    rng.shuffle(pairs)
    for issuer, place in pairs:
        code, country, people = issuer.split()
        target, _, where = place.partition(" ")
        text = (
            f"The {people} foreign ministry on Friday urged {people} citizens in {where} to leave the country "
            f"immediately on commercial flights, {rng.choice(('a statement', 'a notice', 'a spokesman'))} said."
        )
        yield f"{code}-{target}", f"{country} urges its citizens to leave {where} immediately", text
