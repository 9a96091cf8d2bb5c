"""Train a network of your own on a table, record its task gradients, and audit them.

Run it with any Python that has mtl-audit[train]: python plain_torch.py. The table is made here: tasks "a"
and "b" ask the same of the features, "c" asks something else.
"""

import numpy as np
import pandas as pd
import torch
from torch import nn

import auditor

rng = np.random.default_rng(0)
x = rng.normal(size=(400, 6))
signals = {
    "a": x[:, 0] + x[:, 1] * x[:, 2],
    "b": x[:, 0] + x[:, 1] * x[:, 2],
    "c": x[:, 3] - x[:, 4] * x[:, 5],
}
table = pd.DataFrame({f"x_{place}": x[:, place] for place in range(6)})
for name, signal in signals.items():
    labels = signal + 0.3 * rng.normal(size=400)
    table[name] = np.where(rng.random(400) < 0.8, labels, np.nan)  # a fifth was not measured

features = torch.tensor(table.filter(like="x_").to_numpy(), dtype=torch.float32)
labels = torch.tensor(table[list(signals)].to_numpy(), dtype=torch.float32)
measured, labels = ~labels.isnan(), labels.nan_to_num()

torch.manual_seed(0)
trunk = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
heads = nn.Linear(32, len(signals))
optimiser = torch.optim.AdamW([*trunk.parameters(), *heads.parameters()], lr=3e-3)
log = auditor.TaskGradients(trunk.parameters(), tasks=list(signals), every=4)
for _ in range(30):
    for batch in torch.randperm(len(features)).split(32):
        outputs, counts = heads(trunk(features[batch])), measured[batch].sum(dim=0)
        wrong = (outputs - labels[batch]) * measured[batch]
        losses = wrong.square().sum(dim=0) / counts.clamp(min=1)
        log.record(losses, counts=counts, errors=2 * wrong)  # before backward
        optimiser.zero_grad()
        losses.mean().backward()
        optimiser.step()
log.save("log.npz")

audit = auditor.analyze(table, features="x_*", gradients_from="log.npz", window=1.0)
print(audit.affinity("gradient-cosine").round(2))
print(audit.answers["What goes together"])
