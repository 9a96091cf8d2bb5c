"""The tables of the paper, as they are printed; figures that print other numbers stand beside them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A row of table 1; ``overlap`` in per cent."""

    dataset: str
    tasks: int
    compounds: int
    pairs: int
    overlap: float
    r: float
    rho: float


TABLE_1 = (
    Row("Tox21", 12, 7_831, 66, 100, 0.65, 0.62),
    Row("ToxCast", 17, 8_576, 136, 80, 0.86, 0.83),
    Row("SIDER", 27, 1_427, 351, 100, 0.94, 0.97),
    Row("Tox21+ADME", 16, 3_410, 120, 100, 0.61, 0.58),
    Row("Kinase", 21, 5_039, 210, 20, 0.67, 0.68),
    Row("JAK", 4, 2_177, 6, 50, 0.92, 0.89),
    Row("QM9", 12, 5_000, 66, 100, 0.70, 0.68),
)
TABLE_1_P = {"Tox21": 1e-8, "SIDER": 1e-160, "Kinase": 1e-7, "JAK": 1e-3}
TABLE_2 = {
    "within toxicity": (28, 0.054, 0.18, 0.95),
    "within ADME": (28, 0.044, 0.15, 0.66),
    "across": (64, 0.008, 0.02, 0.23),
}
"""Pairs, mean G, mean E, r."""
FIGURE_2C = {"within toxicity": 0.089, "within ADME": 0.142, "across": 0.008}
SIDER_PAIRS = (
    ("Hepatobiliary", "GI", 0.142, 0.312),
    ("Cardiac", "Vascular", 0.128, 0.287),
    ("Nervous", "Psychiatric", 0.119, 0.264),
    ("Skin", "Immune", 0.107, 0.198),
    ("Congenital", "Infections", -0.023, -0.089),
    ("Pregnancy", "Neoplasms", -0.019, -0.072),
)
"""Table C.1: two organ classes, G, E."""
ORGANS = {
    "Hepatobiliary": "Hepatobiliary disorders",
    "GI": "Gastrointestinal disorders",
    "Cardiac": "Cardiac disorders",
    "Vascular": "Vascular disorders",
    "Nervous": "Nervous system disorders",
    "Psychiatric": "Psychiatric disorders",
    "Skin": "Skin and subcutaneous tissue disorders",
    "Immune": "Immune system disorders",
    "Congenital": "Congenital, familial and genetic disorders",
    "Infections": "Infections and infestations",
    "Pregnancy": "Pregnancy, puerperium and perinatal conditions",
    "Neoplasms": "Neoplasms benign, malignant and unspecified (incl cysts and polyps)",
}
PATHWAYS = {2: (0.177, 0.198), 5: (0.059, 0.549), 9: (0.651, 0.946)}
"""Table C.2: ARI and NMI by the number of classes."""
RETENTION = (
    (100, 0.794, 0.812, 1e-15, 66),
    (90, 0.807, 0.823, 1e-15, 66),
    (80, 0.720, 0.745, 1e-11, 66),
    (70, 0.677, 0.698, 1e-10, 66),
    (60, 0.658, 0.671, 1e-9, 66),
    (50, 0.696, 0.714, 1e-10, 66),
    (40, 0.527, 0.542, 1e-5, 66),
    (30, 0.248, 0.261, 0.044, 66),
    (20, 0.221, 0.234, 0.076, 65),
    (10, 0.154, 0.168, 0.274, 52),
)
"""Table C.3: per cent, r, ρ, p (of the first seven an upper bound), pairs."""
FIGURE_2B = {40: 0.696, 50: 0.527}
"""Points of the figure where table C.3 has the two the other way round."""
SIGMOID = {"L": 0.82, "k": 0.15, "x0": 29.7, "R2": 0.94}
"""Equation 5, as printed; its offset b is not."""
README_SWEEP = {100: 0.927, 75: 0.875, 50: 0.814, 25: 0.599, 10: 0.472}
EPOCHS_TO_END = {1: 0.63, 5: 0.68, 10: 0.71, 20: 0.73, 50: 0.89}
EPOCHS_BETWEEN = {
    (1, 5): 0.78, (1, 10): 0.80, (1, 20): 0.71, (1, 50): 0.65, (5, 10): 0.87, (5, 20): 0.84,
    (5, 50): 0.70, (10, 20): 0.82, (10, 50): 0.73, (20, 50): 0.75,
}  # fmt: skip
FIGURE_2D = {1: 0.646, 5: 0.703, 10: 0.734, 20: 0.749, 50: 1.0}
ARCHITECTURES = {
    ("gcn", "gat"): 0.81, ("gcn", "cnn"): 0.73, ("gat", "cnn"): 0.71,
    ("ecfp", "gcn"): 0.46, ("ecfp", "gat"): 0.42, ("ecfp", "cnn"): 0.38,
}  # fmt: skip
UTILITY = {"r": 0.71, "rho": 0.68, "p": 1e-8}
BENEFIT = {"above 0.05": (0.023, 0.78), "below 0.02": (-0.018, 0.31)}
"""Table F.1: mean benefit and share of positive ones."""
GROUPS = {2: (0.742, 0.728, 0.014), 3: (0.761, 0.734, 0.027), 4: (0.783, 0.741, 0.042)}
"""Table F.2: AUROC grouped by gradients, grouped at random, difference."""
FIGURE_3B = {2: 0.018, 3: 0.018, 4: 0.046}
TASK2VEC = {"diagonal": (0.03, 0.81), "full": (-0.08, 0.52)}
"""Table G.1: r and p of the Fisher information."""
AVOIDED = {0.05: (0.62, 0.91, 0.74), 0.10: (0.77, 0.85, 0.81), 0.15: (0.85, 0.72, 0.78)}
"""Table G.3: negative transfer avoided, positive kept, and their harmonic mean."""
TDC = {"mean": 14.4, "median": 7.8, "max": 80.6}
TDC_ABOVE = {30: 23, 50: 16}
