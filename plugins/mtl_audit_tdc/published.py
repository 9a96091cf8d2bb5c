"""Where TDC publishes the file of each set, and the names of its label columns where it has several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

SERVER = "https://dataverse.harvard.edu/api/access/datafile"
FILE_IDS: Mapping[str, int] = MappingProxyType(
    {
        "caco2_wang": 4259569,
        "hia_hou": 4259591,
        "pgp_broccatelli": 4259597,
        "bioavailability_ma": 4259567,
        "lipophilicity_astrazeneca": 4259595,
        "solubility_aqsoldb": 4259610,
        "hydrationfreeenergy_freesolv": 4259594,
        "bbb_martins": 4259566,
        "ppbr_az": 6413140,
        "vdss_lombardo": 4267387,
        "cyp2c9_veith": 4259577,
        "cyp2d6_veith": 4259580,
        "cyp3a4_veith": 4259582,
        "cyp2c19_veith": 4259576,
        "cyp1a2_veith": 4259573,
        "cyp2c9_substrate_carbonmangels": 4259584,
        "cyp2d6_substrate_carbonmangels": 4259578,
        "cyp3a4_substrate_carbonmangels": 4259581,
        "half_life_obach": 4266799,
        "clearance_microsome_az": 4266186,
        "clearance_hepatocyte_az": 4266187,
        "pampa_ncats": 6695858,
        "approved_pampa_ncats": 6695857,
        "b3db_classification": 7878566,
        "b3db_regression": 7878567,
        "hlm": 10218426,
        "rlm": 10218425,
        "ld50_zhu": 4267146,
        "herg": 4259588,
        "herg_karim": 6822246,
        "herg_central": 5740618,
        "ames": 4259564,
        "dili": 4259585,
        "skin_reaction": 4259609,
        "carcinogens_lagunin": 4259570,
        "tox21": 4259612,
        "toxcast": 4259613,
        "clintox": 4259572,
    }
)
"""Of the Harvard Dataverse, as PyTDC 1.1.15 asks for them."""
LABELS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "herg_central": ("hERG_at_1uM", "hERG_at_10uM", "hERG_inhib"),
        "tox21": (
            "NR-AR", "NR-AR-LBD", "NR-AhR", "NR-Aromatase", "NR-ER", "NR-ER-LBD", "NR-PPAR-gamma", "SR-ARE",
            "SR-ATAD5", "SR-HSE", "SR-MMP", "SR-p53",
        ),
    }
)  # fmt: skip
"""In PyTDC's order. All columns of toxcast but the compound's are labels."""


def url_of(name: str) -> str:
    """Return the address of a set's file."""
    return f"{SERVER}/{FILE_IDS[name]}"
