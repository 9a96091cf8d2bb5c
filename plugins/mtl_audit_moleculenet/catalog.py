"""What is known of each MoleculeNet set: one row per set.

Sizes, tasks and references follow MoleculeNet (Wu et al. 2018); units and bounds follow the
publications; defects are public reports or counts on the published files.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

MOLECULENET = "Wu et al. 2018, MoleculeNet, Chem. Sci. 9, 513"
BASE = "https://deepchemdata.s3-us-west-1.amazonaws.com/datasets"
PUBLIC_US = "public data of the US government"
MIT = "MIT as DeepChem redistributes it; see the reference for the data's own terms"


@dataclass(frozen=True)
class MoleculeNetSet:
    """Facts about one set.

    ``file`` is what DeepChem reads, ``loader`` its function in ``deepchem.molnet``, ``rows`` and
    ``tasks`` the published size. ``unit``, ``low`` and ``high`` hold for every task of the set.
    ``labels`` names the label columns where the file has other columns beside those of the compound.
    ``shown`` names the task that stands for the set in the panel, where it has several.
    """

    name: str
    file: str
    loader: str
    kind: Literal["classification", "regression"]
    rows: int
    tasks: int
    description: str
    citation: str
    licence: str = MIT
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf
    labels: tuple[str, ...] = ()
    shown: str = ""
    defects: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Where DeepChem downloads the file."""
        return f"{BASE}/{self.file}"


_ROWS = (
    MoleculeNetSet(
        "tox21", "tox21.csv.gz", "load_tox21", "classification", 7831, 12,
        "12 nuclear-receptor and stress-response assays",
        "Tox21 Data Challenge 2014, National Institutes of Health", PUBLIC_US, shown="NR-AR",
        defects=("salts and mixtures repeat compounds, some with other labels (DeepChem issue 967)",),
    ),
    MoleculeNetSet(
        "toxcast", "toxcast_data.csv.gz", "load_toxcast", "classification", 8615, 617,
        "617 in vitro assay read-outs",
        "Richard et al. 2016, Chem. Res. Toxicol. 29, 1225", PUBLIC_US,
        defects=("many columns are read-outs of one assay, up and down, 24 and 72 hours",),
    ),
    MoleculeNetSet(
        "sider", "sider.csv.gz", "load_sider", "classification", 1427, 27,
        "27 organ classes of adverse reactions of marketed drugs",
        "Kuhn et al. 2016, Nucleic Acids Res. 44, D1075", "CC BY-NC-SA 4.0",
        shown="Hepatobiliary disorders",
        defects=("a reaction that is not on the label counts as absent: there are no missing labels",),
    ),
    MoleculeNetSet(
        "clintox", "clintox.csv.gz", "load_clintox", "classification", 1484, 2,
        "approved by the FDA; failed a trial for toxicity",
        "Gayvert et al. 2016, Cell Chem. Biol. 23, 1294", shown="CT_TOX",
        defects=(
            "approval and toxicity are nearly each other's negation (φ = -0.91) by the way the set "
            "was made",
        ),
    ),
    MoleculeNetSet(
        "esol", "delaney-processed.csv", "load_delaney", "regression", 1128, 1,
        "aqueous solubility", "Delaney 2004, J. Chem. Inf. Comput. Sci. 44, 1000",
        unit="log(mol/L)", low=-14, high=3, labels=("measured log solubility in mols per litre",),
    ),
    MoleculeNetSet(
        "freesolv", "SAMPL.csv", "load_sampl", "regression", 642, 1,
        "free energy of hydration", "Mobley & Guthrie 2014, J. Comput.-Aided Mol. Des. 28, 711",
        unit="kcal/mol", low=-30, high=10, labels=("expt",),
    ),
    MoleculeNetSet(
        "lipophilicity", "Lipophilicity.csv", "load_lipo", "regression", 4200, 1,
        "octanol-water distribution at pH 7.4",
        "AstraZeneca 2016, in vitro DMPK deposit, doi 10.6019/CHEMBL3301361",
        "CC BY-SA 3.0 (ChEMBL)", unit="log D", low=-6, high=10, labels=("exp",),
    ),
    MoleculeNetSet(
        "bace", "bace.csv", "load_bace_classification", "classification", 1513, 1,
        "inhibition of human β-secretase 1",
        "Subramanian et al. 2016, J. Chem. Inf. Model. 56, 1936", labels=("Class",),
        defects=("pooled from papers that measured IC50 in different ways",),
    ),
    MoleculeNetSet(
        "bace-regression", "bace.csv", "load_bace_regression", "regression", 1513, 1,
        "potency against human β-secretase 1",
        "Subramanian et al. 2016, J. Chem. Inf. Model. 56, 1936",
        unit="pIC50", low=0, high=14, labels=("pIC50",),
        defects=("pooled from papers that measured IC50 in different ways",),
    ),
    MoleculeNetSet(
        "bbbp", "BBBP.csv", "load_bbbp", "classification", 2050, 1,
        "penetration of the blood-brain barrier",
        "Martins et al. 2012, J. Chem. Inf. Model. 52, 1686", labels=("p_np",),
        defects=(
            "some SMILES do not parse (DeepChem issue 2336), and some compounds are listed twice with "
            "opposite labels (DeepChem issue 3122)",
        ),
    ),
    MoleculeNetSet(
        "hiv", "HIV.csv", "load_hiv", "classification", 41127, 1,
        "inhibition of HIV replication", "AIDS Antiviral Screen, National Cancer Institute",
        PUBLIC_US, labels=("HIV_active",),
        defects=("confirmed and moderate activity are merged into one class",),
    ),
    MoleculeNetSet(
        "muv", "muv.csv.gz", "load_muv", "classification", 93087, 17,
        "17 virtual-screening tasks from PubChem BioAssay",
        "Rohrer & Baumann 2009, J. Chem. Inf. Model. 49, 169",
        defects=("about 30 actives per task; actives and decoys were selected by distance to each other",),
    ),
    MoleculeNetSet(
        "qm8", "qm8.csv", "", "regression", 21786, 16,
        "electronic spectra of molecules with up to eight heavy atoms, by four methods",
        "Ramakrishnan et al. 2015, J. Chem. Phys. 143, 084111", unit="atomic units",
        defects=(
            "the four PBE0 columns are published twice, equal in every row: four pairs of tasks "
            "are one task each (DeepChem issue 2747)",
        ),
    ),
)  # fmt: skip

SETS: Mapping[str, MoleculeNetSet] = MappingProxyType({row.name: row for row in _ROWS})

PANEL = (
    "esol", "freesolv", "lipophilicity", "bace", "bbbp", "hiv", "clintox", "sider", "tox21",
)  # fmt: skip
"""The nine sets whose 36 pairs the published comparison counts."""
