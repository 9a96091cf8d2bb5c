"""The plan of Cheng & Zhang 2026 holds every number of the paper, and what follows from them is right."""

from __future__ import annotations

from collections import Counter

import click
import numpy as np
import pytest

from auditor.plugin.loading import load_registry
from auditor.reproduction.checking import faults_of
from auditor.reproduction.command import arguments_of, command_of, request_of
from auditor.reproduction.judging import counts_of, judged
from auditor.reproduction.plan import Plan, PlannedAudit
from auditor.reproduction.plans.cheng_zhang import synthetic
from auditor.reproduction.plans.cheng_zhang.plan import plan
from auditor.reproduction.plans.etap import plan as etap
from auditor.reproduction.run import Collected

PAPER = plan()
AUDITS = [work for work in PAPER.works if isinstance(work, PlannedAudit)]
PRINTED: dict[str, str] = {
    "Table 1": "12 7831 66 100 .65 .62 1e-8 17 8576 136 80 .86 .83 27 1427 351 100 .94 .97 1e-160 16 3410 120 "
    "100 .61 .58 21 5039 210 20 .67 .68 1e-7 4 2177 6 50 .92 .89 1e-3 12 5000 66 100 .70 .68",
    "Table 1, sums": "105 949 .65 .94 .97 .918",
    "Kinases, text": "5 60",
    "Table 2 and figure 2C": "28 .054 .18 .95 28 .044 .15 .66 64 .008 .02 .23 .089 .142 .008 .95 .99",
    "Overlap of published collections": "14.4 7.8 80.6 23 16 210 80 5",
    "Equations 5 and 7": ".82 .15 29.7 .94 .30",
    "The regimes of 30 and 40 %": ".25 .65 .5",
    "Table C.1": ".142 .312 .128 .287 .119 .264 .107 .198 -.023 -.089 -.019 -.072",
    "Table C.2": ".177 .198 .059 .549 .651 .946",
    "Table C.3": ".794 .812 1e-15 66 .807 .823 1e-15 66 .720 .745 1e-11 66 .677 .698 1e-10 66 .658 .671 1e-9 66 "
    ".696 .714 1e-10 66 .527 .542 1e-5 66 .248 .261 .044 66 .221 .234 .076 65 .154 .168 .274 52",
    "Sweep of the released notes": ".927 .875 .814 .599 .472",
    "Table C.4 and figure 2D": ".63 .68 .71 .73 .89 .78 .80 .71 .65 .87 .84 .70 .82 .73 .75 .646 .703 .734 .749 1",
    "Table C.5": ".81 .73 .71 .46 .42 .38 .853",
    "Appendix A": "500000 74",
    "Table F.1": ".71 .68 1e-8 .023 .78 -.018 .31",
    "Table F.2 and figure 3B": ".742 .728 .014 .761 .734 .027 .783 .741 .042 .037 .023 9 .018 .018 .046",
    "Table G.1": ".65 .03 .81 -.08 .52",
    "Figure 2B": ".696 .527",
    "Table G.2": ".63 28 .001",
    "Table G.3": ".62 .91 .74 .77 .85 .81 .85 .72 .78",
}
"""Every number of the paper's tables, figures and text, typed once more, by the part of the plan."""


@pytest.mark.parametrize("part", PRINTED)
def test_every_number_of_the_paper_is_claimed(part: str) -> None:
    printed = Counter(float(number) for number in PRINTED[part].split())
    claimed = Counter(claim.claimed for claim in PAPER.claims if claim.part == part)
    assert not printed - claimed


@pytest.mark.parametrize("offered", [PAPER, etap()], ids=["cheng-zhang", "etap"])
def test_a_plan_of_ours_can_be_run(offered: Plan) -> None:
    assert list(faults_of(offered, load_registry())) == []
    named = {name for claim in offered.claims for name in claim.works}
    assert named == {work.name for work in offered.works}


@pytest.mark.parametrize("work", AUDITS, ids=lambda work: work.name)
def test_the_command_that_is_told_asks_for_the_same_audit(work: PlannedAudit) -> None:
    from auditor.cli.commands import analyze, overlap

    place = {"cache_dir": None, "mirror": "", "offline": True}
    if work.table:
        from dataclasses import replace

        work = replace(work, table=False)
    data, analysis = request_of(work, place)
    call, *arguments = arguments_of(work)
    command = {"analyze": analyze.command, "overlap": overlap.command}[call]
    with click.Context(command) as ctx:
        command.parse_args(ctx, list(arguments))
        typed = ctx.params
    assert typed["benchmark"] == (data.benchmark,)
    assert typed["identity"] == data.identity and tuple(typed["only"]) == data.only
    assert tuple(typed["tasks"] or ()) == data.tasks and dict(typed["dataset_options"]) == data.options
    assert len(typed["analysis_options"]) == sum(
        len(options) for (kind, _), options in data.component_options.items() if kind == "analysis"
    )
    if analysis is not None:
        assert (typed["encoder"] or "gcn") == analysis.encoder and tuple(
            typed["affinities"]
        ) == analysis.affinities
        assert dict(typed["encoder_options"]) == analysis.encoder_options
        for name in ("epochs", "batch_size"):
            assert typed[name] == analysis.overrides.get(name)
        assert (typed["split"] or "scaffold") == analysis.split  # the preset's, where none is typed
        assert typed["ignore_gate"] == analysis.ignore_gate
    assert data.command == command_of(work)


def test_what_follows_from_printed_numbers_needs_no_audit() -> None:
    found = {one.claim.id: one for one in judged(PAPER, Collected())}

    def told(name: str) -> tuple[str, float]:
        measured = found[name].measured
        assert measured is not None
        return found[name].verdict, round(measured.value, 3)

    assert told("totals-tasks") == ("not reproduced", 109)
    assert told("totals-pairs") == ("not reproduced", 955)
    assert told("conclusion-lowest-r") == ("not reproduced", 0.61)
    assert told("transition-x0-table") == ("not reproduced", 37.757)
    assert told("transition-r2") == ("not reproduced", 0.845)
    assert told("equation-7-alpha0-table") == ("not reproduced", 0.336)
    assert told("regime-40-table") == ("not reproduced", 0.527)
    assert told("f2-rank-p") == ("not reproduced", 0.182)
    assert told("f2-relative") == ("reproduced", 0.037)
    assert told("f2-absolute") == ("not reproduced", 0.057)
    assert told("c3-30-p") == ("reproduced", 0.045)
    assert told("g3-0.1-f1") == ("reproduced", 0.808)
    assert found["table-1-tox21-r"].verdict == "not measured yet"
    assert sum(counts_of(list(found.values())).values()) == len(PAPER.claims)


def test_a_small_own_design_gives_gradients_that_follow_the_design() -> None:
    truth = synthetic.designed()
    assert np.linalg.eigvalsh(truth).min() > 0 and truth[0, 3] == -0.3 and truth[6, 7] == 0
    found = synthetic.measure(epochs=6, seeds=2, rows=640)
    value, low, high = found["gradients"]["mean"]
    assert low < value < high and value > 0.3 and found["pairs"] == 28
    assert found == synthetic.measure(epochs=6, seeds=2, rows=640)
