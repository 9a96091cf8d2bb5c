"""Write windows of seven coupled series, in the form of ETTm1: six electrical loads, oil temperature.

python series_windows.py writes ett.csv, whose features are the last 12 hours of every series and whose
tasks are the changes over the next 4 hours, and groups.txt, 16 groups of tasks to train. Nothing in it is
measured.
"""

import csv
import itertools
from pathlib import Path

import numpy as np

NAMES = ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT"]
HOURS, PAST, AHEAD, WINDOWS = 24 * 800, 12, 4, 900
rng = np.random.default_rng(1)


def noise(memory: float, size: float) -> np.ndarray:
    """Return a series that forgets: x[t] = memory * x[t - 1] + size * a standard normal number."""
    steps, x = rng.normal(size=HOURS) * size, np.zeros(HOURS)
    for hour in range(1, HOURS):
        x[hour] = memory * x[hour - 1] + steps[hour]
    return x


hours = np.arange(HOURS)
load = np.sin(2 * np.pi * hours / 24) + noise(0.97, 0.15)
light = np.sin(2 * np.pi * (hours + 6) / 24) + noise(0.95, 0.2)
weather = noise(0.995, 0.1)
series = {
    "HUFL": load + 0.4 * noise(0.7, 0.5),
    "MUFL": 0.9 * load + 0.4 * noise(0.7, 0.5),
    "HULL": 0.6 * load + 0.3 * light + 0.6 * noise(0.8, 0.5),
    "MULL": 0.5 * load + 0.3 * light + 0.6 * noise(0.8, 0.5),
    "LUFL": light + 0.5 * noise(0.7, 0.5),
    "LULL": 0.7 * light + 0.6 * noise(0.8, 0.5),
}
oil = np.zeros(HOURS)
for hour in range(1, HOURS):
    oil[hour] = 0.98 * oil[hour - 1] + 0.03 * load[hour] ** 2 + 0.05 * weather[hour] + 0.05 * rng.normal()
series["OT"] = oil

table = np.stack([(series[name] - series[name].mean()) / series[name].std() for name in NAMES], axis=1)
with Path("ett.csv").open("w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    lags = [f"lag{PAST - place}_{name}" for name in NAMES for place in range(PAST)]
    writer.writerow(["hour", *lags, *NAMES])
    for start in range(0, WINDOWS * (PAST + AHEAD), PAST + AHEAD):  # windows that do not overlap
        past = table[start : start + PAST]
        change = table[start + PAST + AHEAD - 1] - past[-1]
        writer.writerow([f"h{start}", *past.T.ravel().tolist(), *change.tolist()])

groups = []
for size, count in ((3, 10), (4, 6)):
    every = [list(group) for group in itertools.combinations(NAMES, size)]
    groups += ["+".join(group) for group in rng.permutation(every)[:count]]
Path("groups.txt").write_text(";".join(groups))
