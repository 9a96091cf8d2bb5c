"""Which ToxCast columns are read-outs of one assay, and the 17 columns of the published audit."""

from __future__ import annotations

import re

PAPER_17 = (
    "ATG_AP_1_CIS_dn", "ATG_AP_1_CIS_up", "ATG_AP_2_CIS_dn",
    "BSK_3C_Eselectin_down", "BSK_3C_HLADR_down", "BSK_3C_ICAM1_down",
    "NVS_NR_hER", "NVS_NR_bER",
    "APR_HepG2_CellCycleArrest_24h_dn", "APR_HepG2_CellCycleArrest_24h_up",
    "APR_HepG2_CellCycleArrest_72h_dn",
    "ACEA_T47D_80hr_Negative", "ACEA_T47D_80hr_Positive",
    "OT_AR_ARELUC_AG_1440", "OT_ERa_EREGFP_0120",
    "Tanguay_ZF_120hpf_ActivityScore", "Tanguay_ZF_120hpf_MORT_up",
)  # fmt: skip

_DIRECTION = re.compile(r"_(up|dn|down|negative|positive|ratio|ch1|ch2|viability)$", re.IGNORECASE)
_FISH = "Tanguay_ZF_120hpf"


def assay_of(column: str) -> str:
    """Return the assay component that a column is a read-out of.

    Columns that differ in the direction of the signal or in its channel are fitted to one series
    of measurements; the zebrafish columns score one set of animals.
    """
    if column.startswith(_FISH):
        return _FISH
    return _DIRECTION.sub("", column)
