"""What is known of each ADME and Tox set of Therapeutics Data Commons: one row per set.

Descriptions, sizes, references and licences follow tdcommons.ai; units and bounds follow the
publications; defects are public reports or counts on the published files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

TDC = "Huang et al. 2021, Therapeutics Data Commons, arXiv 2102.09548"
CC_BY = "CC BY 4.0"
UNSPECIFIED = "CC BY 4.0 as TDC redistributes it; its publisher states none"
ASTRAZENECA = "AstraZeneca 2016, in vitro DMPK deposit, doi 10.6019/CHEMBL3301361"
VEITH = "Veith et al. 2009, Nat. Biotechnol. 27, 1050"
MANGELS = "Carbon-Mangels & Hutter 2011, Mol. Inform. 30, 885"
PAMPA = "Siramshetty et al. 2021, SLAS Discov. 26, 1326"
B3DB = "Meng et al. 2021, Sci. Data 8, 289"
MICROSOMES = "Li et al. 2022, Chem. Res. Toxicol. 35, 1614"
YES_NO: Literal["classification"] = "classification"
NUMBER: Literal["regression"] = "regression"


@dataclass(frozen=True)
class TdcSet:
    """Facts about one set.

    ``drugs`` is the size that TDC states (0: none stated), ``low`` and ``high`` bound what is
    plausible in ``unit``. A set with several label columns has ``labels`` = the number of them,
    and ``kinds`` for columns that are not of the set's kind.
    """

    name: str
    family: Literal["ADME", "Tox"]
    kind: Literal["classification", "regression"]
    drugs: int
    description: str
    citation: str
    licence: str = UNSPECIFIED
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    defects: tuple[str, ...] = ()
    labels: int = 1
    kinds: Mapping[str, Literal["classification", "regression"]] = field(default_factory=dict)


def _inhibitor(name: str, drugs: int) -> TdcSet:
    isoform = name.split("_")[0].upper()
    what = f"inhibition of cytochrome P450 {isoform[3:]}"
    return TdcSet(name, "ADME", YES_NO, drugs, what, VEITH, CC_BY)


def _substrate(name: str, drugs: int) -> TdcSet:
    isoform = name.split("_")[0].upper()
    what = f"substrate of cytochrome P450 {isoform[3:]}"
    return TdcSet(name, "ADME", YES_NO, drugs, what, MANGELS, CC_BY)


_ROWS = (
    TdcSet(
        "caco2_wang", "ADME", NUMBER, 906, "effective permeability of Caco-2 cell layers",
        "Wang et al. 2016, J. Chem. Inf. Model. 56, 763", unit="log cm/s", low=-10, high=-2,
    ),
    TdcSet(
        "hia_hou", "ADME", YES_NO, 578, "absorption from the human intestine",
        "Hou et al. 2007, J. Chem. Inf. Model. 47, 208",
    ),
    TdcSet(
        "pgp_broccatelli", "ADME", YES_NO, 1212, "inhibition of P-glycoprotein",
        "Broccatelli et al. 2011, J. Med. Chem. 54, 1740",
    ),
    TdcSet(
        "bioavailability_ma", "ADME", YES_NO, 640, "high oral bioavailability in humans",
        "Ma et al. 2008, J. Pharm. Biomed. Anal. 47, 677",
    ),
    TdcSet(
        "lipophilicity_astrazeneca", "ADME", NUMBER, 4200, "octanol-water distribution at pH 7.4",
        ASTRAZENECA, "CC BY-SA 3.0 (ChEMBL); TDC states CC BY 4.0",
        unit="log D", low=-6, high=10,
    ),
    TdcSet(
        "solubility_aqsoldb", "ADME", NUMBER, 9982, "aqueous solubility",
        "Sorkun et al. 2019, Sci. Data 6, 143", CC_BY, unit="log(mol/L)", low=-14, high=3,
        defects=("pooled from nine sources that differ in method and reliability",),
    ),
    TdcSet(
        "hydrationfreeenergy_freesolv", "ADME", NUMBER, 642, "free energy of hydration",
        "Mobley & Guthrie 2014, J. Comput.-Aided Mol. Des. 28, 711", "CC BY-NC-SA 4.0",
        unit="kcal/mol", low=-30, high=10,
    ),
    TdcSet(
        "bbb_martins", "ADME", YES_NO, 1975, "penetration of the blood-brain barrier",
        "Martins et al. 2012, J. Chem. Inf. Model. 52, 1686",
        defects=(
            "some compounds are listed twice with opposite labels (TDC issue 158)",
            "two labels are reported wrong (TDC issue 383)",
        ),
    ),
    TdcSet(
        "ppbr_az", "ADME", NUMBER, 1797, "bound to human plasma protein", ASTRAZENECA,
        "CC BY-SA 3.0 (ChEMBL); TDC states CC BY 4.0", unit="%", low=0, high=100,
        defects=(
            "the published file mixes five species and PyTDC keeps the human rows; the files of "
            "the ADMET benchmark group keep all 2,790 (TDC issue 164)",
        ),
    ),
    TdcSet(
        "vdss_lombardo", "ADME", NUMBER, 1130, "volume of distribution at steady state",
        "Lombardo & Jing 2016, J. Chem. Inf. Model. 56, 2042", unit="L/kg", low=0, high=1000,
        defects=("spans five orders of magnitude and is published on a linear scale",),
    ),
    _inhibitor("cyp2c9_veith", 12092),
    _inhibitor("cyp2d6_veith", 13130),
    _inhibitor("cyp3a4_veith", 12328),
    _inhibitor("cyp2c19_veith", 12665),
    _inhibitor("cyp1a2_veith", 12579),
    _substrate("cyp2c9_substrate_carbonmangels", 666),
    _substrate("cyp2d6_substrate_carbonmangels", 664),
    _substrate("cyp3a4_substrate_carbonmangels", 667),
    TdcSet(
        "half_life_obach", "ADME", NUMBER, 667, "half-life in human plasma",
        "Obach et al. 2008, Drug Metab. Dispos. 36, 1385", unit="h", low=0, high=2000,
        defects=("spans five orders of magnitude and is published on a linear scale",),
    ),
    TdcSet(
        "clearance_microsome_az", "ADME", NUMBER, 1102, "intrinsic clearance, human microsomes",
        ASTRAZENECA, "CC BY-SA 3.0 (ChEMBL); TDC states CC BY 4.0",
        unit="mL/min/g", low=0, high=1000,
        defects=("values are cut off at 3 and at 150: a third of them are bounds, not measurements",),
    ),
    TdcSet(
        "clearance_hepatocyte_az", "ADME", NUMBER, 1020, "intrinsic clearance, hepatocytes",
        ASTRAZENECA, "CC BY-SA 3.0 (ChEMBL); TDC states CC BY 4.0",
        unit="µL/min/10⁶ cells", low=0, high=1000,
        defects=(
            "rat and human hepatocytes are mixed: compounds measured in both appear twice with "
            "different values (TDC issues 356 and 387)",
            "values are cut off at 3 and at 150: a quarter of them are bounds, not measurements",
        ),
    ),
    TdcSet(
        "pampa_ncats", "ADME", YES_NO, 2034, "passive permeability of an artificial membrane", PAMPA
    ),
    TdcSet(
        "approved_pampa_ncats", "ADME", YES_NO, 142,
        "passive permeability of an artificial membrane, approved drugs", PAMPA,
    ),
    TdcSet(
        "b3db_classification", "ADME", YES_NO, 7807, "penetration of the blood-brain barrier",
        B3DB, "CC0 1.0",
    ),
    TdcSet(
        "b3db_regression", "ADME", NUMBER, 1058, "brain to blood concentration ratio", B3DB,
        "CC0 1.0", unit="log BB", low=-4, high=3,
    ),
    TdcSet("hlm", "ADME", YES_NO, 6013, "stability in human liver microsomes", MICROSOMES),
    TdcSet("rlm", "ADME", YES_NO, 5590, "stability in rat liver microsomes", MICROSOMES),
    TdcSet(
        "ld50_zhu", "Tox", NUMBER, 7385, "lethal oral dose for half of the rats",
        "Zhu et al. 2009, Chem. Res. Toxicol. 22, 1913", unit="log(kg/mol)", low=-2, high=12,
    ),
    TdcSet(
        "herg", "Tox", YES_NO, 648, "blocking of the hERG channel",
        "Wang et al. 2016, Mol. Pharm. 13, 2855",
    ),
    TdcSet(
        "herg_karim", "Tox", YES_NO, 13445, "blocking of the hERG channel below 10 µM",
        "Karim et al. 2021, J. Cheminform. 13, 60",
    ),
    TdcSet(
        "herg_central", "Tox", NUMBER, 306893, "hERG inhibition: at 1 µM, at 10 µM, and as a class",
        "Du et al. 2011, Assay Drug Dev. Technol. 9, 580", unit="% inhibition", low=-1000, high=200,
        labels=3, kinds={"hERG_inhib": YES_NO},
        defects=("the class is derived from the inhibition at 10 µM: related by construction",),
    ),
    TdcSet(
        "ames", "Tox", YES_NO, 7255, "mutagenicity in the Ames test",
        "Xu et al. 2012, J. Chem. Inf. Model. 52, 2840",
        defects=("pooled from four publications",),
    ),
    TdcSet(
        "dili", "Tox", YES_NO, 475, "drug-induced liver injury",
        "Xu et al. 2015, J. Chem. Inf. Model. 55, 2085",
    ),
    TdcSet(
        "skin_reaction", "Tox", YES_NO, 404, "skin sensitisation",
        "Alves et al. 2015, Toxicol. Appl. Pharmacol. 284, 262",
    ),
    TdcSet(
        "carcinogens_lagunin", "Tox", YES_NO, 278, "carcinogenicity in rodents",
        "Lagunin et al. 2009, QSAR Comb. Sci. 28, 806",
    ),
    TdcSet(
        "tox21", "Tox", YES_NO, 7831, "12 nuclear-receptor and stress-response assays",
        "Tox21 Data Challenge 2014, National Institutes of Health", labels=12,
    ),
    TdcSet(
        "toxcast", "Tox", YES_NO, 0, "617 in vitro assay read-outs",
        "Richard et al. 2016, Chem. Res. Toxicol. 29, 1225", CC_BY, labels=617,
        defects=("many columns are read-outs of one assay, up and down, 24 and 72 hours",),
    ),
    TdcSet(
        "clintox", "Tox", YES_NO, 1484, "failed a clinical trial for toxicity",
        "Gayvert et al. 2016, Cell Chem. Biol. 23, 1294",
    ),
)  # fmt: skip

SETS: Mapping[str, TdcSet] = MappingProxyType({row.name: row for row in _ROWS})

ADMET_GROUP = (
    "caco2_wang", "hia_hou", "pgp_broccatelli", "bioavailability_ma",
    "lipophilicity_astrazeneca", "solubility_aqsoldb", "bbb_martins", "ppbr_az",
    "vdss_lombardo", "cyp2d6_veith", "cyp3a4_veith", "cyp2c9_veith",
    "cyp2d6_substrate_carbonmangels", "cyp3a4_substrate_carbonmangels",
    "cyp2c9_substrate_carbonmangels", "half_life_obach", "clearance_microsome_az",
    "clearance_hepatocyte_az", "herg", "ames", "dili", "ld50_zhu",
)  # fmt: skip

PAPER_21 = (
    "caco2_wang", "hia_hou", "pgp_broccatelli", "bioavailability_ma", "solubility_aqsoldb",
    "lipophilicity_astrazeneca", "ppbr_az", "vdss_lombardo", "bbb_martins", "cyp2c9_veith",
    "cyp2d6_veith", "cyp3a4_veith", "cyp2c19_veith", "cyp1a2_veith", "clearance_hepatocyte_az",
    "clearance_microsome_az", "half_life_obach", "herg", "ames", "dili", "ld50_zhu",
)  # fmt: skip
