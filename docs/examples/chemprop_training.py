"""Record the task gradients of chemprop's own training, and audit them on the benchmark that it trained on.

Run it with: pip install 'mtl-audit[train]' chemprop; python chemprop_training.py tox21. Tried with chemprop
2.2.1 and Lightning 2.6.6. Without an argument the embedded benchmark is trained on.
"""

import sys

import lightning
import torch
from chemprop import data, models, nn

import auditor

BENCHMARK = sys.argv[1] if len(sys.argv) > 1 else "synthetic"
EPOCHS = int(sys.argv[2]) if len(sys.argv) > 2 else 5


class RecordedMPNN(models.MPNN):
    """chemprop's network with its own training step, which also hands each task's loss to `gradients`."""

    def training_step(self, batch, batch_idx):
        bmg, V_d, X_d, targets, weights, lt_mask, gt_mask = batch
        mask, targets = targets.isfinite(), targets.nan_to_num(nan=0.0)
        preds = self.predictor.train_step(self.fingerprint(bmg, V_d, X_d))
        terms = self.criterion._calc_unreduced_loss(preds, targets, mask, weights, lt_mask, gt_mask) * mask
        counts = mask.sum(dim=0)
        errors = torch.autograd.grad(terms.sum(), preds, retain_graph=True)[0]
        self.gradients.record(terms.sum(dim=0) / counts.clamp(min=1), counts=counts, errors=errors)
        return self.criterion(preds, targets, mask, weights, lt_mask, gt_mask)


table = auditor.read(BENCHMARK)
tasks, smiles = list(table.columns), table.index.get_level_values("smiles")
labels = table.sparse.to_dense().to_numpy()
points = [data.MoleculeDatapoint.from_smi(text, row) for text, row in zip(smiles, labels, strict=True)]
loader = data.build_dataloader(data.MoleculeDataset(points), batch_size=64, seed=0)

torch.manual_seed(0)
classes = {value for value in labels.ravel() if value == value} <= {0.0, 1.0}
head = nn.BinaryClassificationFFN if classes else nn.RegressionFFN
model = RecordedMPNN(
    nn.BondMessagePassing(), nn.MeanAggregation(), head(n_tasks=len(tasks)), batch_norm=True
)
model.gradients = auditor.TaskGradients(model.message_passing.parameters(), tasks, every=5)
lightning.Trainer(
    max_epochs=EPOCHS,
    accelerator="cpu",
    logger=False,
    enable_checkpointing=False,
    enable_progress_bar=False,
).fit(model, loader)
model.gradients.save("chemprop.npz")

audit = auditor.analyze(BENCHMARK, gradients_from="chemprop.npz", window=0.5)
print(audit.affinity("gradient-cosine").round(2))
print(audit.findings["agreement"].sentence)
