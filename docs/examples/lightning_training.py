"""Record the task gradients of a Lightning training with a callback, and audit them.

Run it with: pip install 'mtl-audit[train]' lightning; python lightning_training.py. Batches are accumulated
and bfloat16 is used, to show that neither needs care.
"""

import lightning
import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

import auditor

TASKS = ["a", "b", "c"]


class Model(lightning.LightningModule):
    """Three tasks on a shared trunk; `training_step` keeps the loss of each task."""

    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(6, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.heads = nn.Linear(32, len(TASKS))

    def training_step(self, batch, _):
        x, y = batch
        self.task_losses = (self.heads(self.trunk(x)).float() - y).square().mean(dim=0)
        return self.task_losses.mean()

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=3e-3)


class RecordTaskGradients(lightning.Callback):
    """Logs what the module keeps, before each backward."""

    def __init__(self, gradients):
        self.gradients = gradients  # not self.log: Lightning puts its own there

    def on_before_backward(self, trainer, module, loss):
        self.gradients.record(module.task_losses)

    def on_train_epoch_end(self, trainer, module):
        self.gradients.end_epoch()


rng = np.random.default_rng(0)
x = rng.normal(size=(400, 6))
same, other = x[:, 0] + x[:, 1] * x[:, 2], x[:, 3] - x[:, 4] * x[:, 5]
y = np.stack([same, same, other], axis=1) + 0.3 * rng.normal(size=(400, 3))
table = pd.DataFrame(x, columns=[f"x_{place}" for place in range(6)]).join(pd.DataFrame(y, columns=TASKS))

lightning.seed_everything(0, verbose=False)
model = Model()
log = auditor.TaskGradients(model.trunk.parameters(), TASKS, every=2, pool=True)
data = TensorDataset(torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.float32))
lightning.Trainer(
    max_epochs=20,
    accumulate_grad_batches=2,
    precision="bf16-mixed",
    accelerator="cpu",
    callbacks=[RecordTaskGradients(log)],
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
    enable_model_summary=False,
).fit(model, DataLoader(data, batch_size=16, shuffle=True))

affinities = ["gradient-cosine", "accumulated-cosine"]
audit = auditor.analyze(table, features="x_*", gradients_from=log, affinities=affinities, window=1.0)
print(audit.affinity("accumulated-cosine").round(2))
