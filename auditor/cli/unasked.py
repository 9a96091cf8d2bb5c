"""What a configuration file may set that nobody named: it lies in the folder, and came with it perhaps.

Only what is listed here, and all that is listed changes what is measured or shown. What names a place
(a path, an address), writes, deletes, or takes more of the machine is left out, and so are the options
of other people's plugins, of which nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

import click

from auditor.cli.types import Pairs, Scoped


def _table(**rows: str) -> Mapping[str, frozenset[str]]:
    return MappingProxyType({name.replace("_", "-"): frozenset(row.split()) for name, row in rows.items()})


OPTIONS = frozenset(
    "affinity also anonymise batch-size borderline-at budget censored check choice conflicts device "
    "directions dry-run encoder epochs exclude fail-under format full gpu gradients groups identity "
    "ignore-gate key log-every log-window lookahead-lr lr measure min-labels min-support missing "
    "no-structures offline only pairs patience preset quiet reader reliable-at repeats seed seeds skip "
    "smiles-column split strict tasks title verbose weight-decay window".split()
)
"""Options of commands, by their long names."""
PAIRS = _table(
    long="assay relation value",
    dataset_option="balance compounds every_task kind labels_per_task min_compounds mutants noise overlap "
    "paper_filter pool scale seed subset tasks types",
    encoder_option="bits channels column depth dropout heads hidden layers length radius width",
)
"""Names in NAME=VALUE, by option."""
OF_AFFINITIES = _table(
    accumulated_cosine="window",
    chemical_correlation="exclude groups kernel liability",
    grad_tag="compounds held_out metric pool projections ridge route size splits subsets",
    split_half="window",
    task2vec="compounds draws fisher projections",
)
OF_ANALYSES = _table(
    agreement="permutations",
    architectures="encoders seeds",
    baselines="permutations",
    benefit="batch_size dry_run epochs groups metric pairs patience seeds split",
    clusters="linkage",
    controls="epochs tasks",
    domains="permutations",
    dynamics="agreement marks reliability",
    gain_prediction="next_count",
    grouping="groups",
    measurement_plan="budget pairs",
    pair_views="pairs",
    recommendation="budget choice dry_run groups seeds",
    sparse_settings="anchors batch epochs labels logs overlaps seeds window",
    threshold="assignment batches epochs groups labels logs protocol seeds steps window",
    transfer_gain="",
)
SCOPED = MappingProxyType({"affinity-option": OF_AFFINITIES, "analysis-option": OF_ANALYSES})
"""Names in COMPONENT.NAME=VALUE, by option and component."""
_PLACE = re.compile(r"[/\\:~]")
"""What paths and addresses hold, and no value of the options above needs."""


def unasked_for(name: str, option: click.Option, typed: Any) -> Iterator[str]:
    """Yield what in the value of an option a file must be named for, as messages call it.

    Parameters
    ----------
    name
        The option's long name.
    typed
        Its value as the option's own type has read it, so that this and the command agree on what it says.
    """
    if isinstance(option.type, Scoped):
        allowed = SCOPED.get(name, {})
        for component, key, value in typed:
            if key not in allowed.get(component, ()) or _PLACE.search(value):
                yield f"{name} {component}.{key}"
    elif isinstance(option.type, Pairs):
        for key, value in typed:
            if key not in PAIRS.get(name, ()) or _PLACE.search(value):
                yield f"{name} {key}"
    elif name not in OPTIONS or (name == "split" and _PLACE.search(str(typed))):
        yield name
