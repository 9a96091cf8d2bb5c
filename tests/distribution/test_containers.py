"""The image and the services: what they name exists, and the commands of the services make a cluster."""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SERVICES: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
ONE_THREAD = {**os.environ, "OMP_NUM_THREADS": "1"}
SMALL = "synthetic --dataset-option labels_per_task=100 --dataset-option tasks=3 --encoder ecfp --epochs 2 --seeds 2 --budget 4"


def test_whatever_the_image_copies_is_there_and_let_through() -> None:
    copied = [
        word for line in re.findall(r"^COPY (?!--)(.*)$", DOCKERFILE, re.M) for word in line.split()[:-1]
    ]
    let = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert let == set(copied) and all((ROOT / name).exists() for name in copied)
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {told["readme"], *told["license-files"], "pyproject.toml"} <= let


def test_the_image_installs_an_extra_that_exists_on_a_python_that_is_tested() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = re.findall(r"\.whl\)\[([\w,]+)\]", DOCKERFILE)
    assert extras and set(",".join(extras).split(",")) <= told["optional-dependencies"].keys()
    versions = set(re.findall(r"^FROM python:([\d.]+)-slim", DOCKERFILE, re.M))
    assert len(versions) == 1
    assert f"Programming Language :: Python :: {versions.pop()}" in told["classifiers"]


def test_the_image_starts_the_command() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (start,) = re.findall(r"^ENTRYPOINT (.*)$", DOCKERFILE, re.M)
    assert json.loads(start)[0] in told["scripts"]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """The address of a cluster, started by the commands of the services, on this machine's loopback device."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = str(found.getsockname()[1])
    started = []
    for name, count in (("scheduler", 1), ("worker", SERVICES["worker"]["deploy"]["replicas"])):
        words = [
            word.replace("8786", port).replace("//scheduler:", "//127.0.0.1:")
            for word in SERVICES[name]["entrypoint"]
        ]
        assert words[0] == "dask"
        for _ in range(count):
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", *words],
                    cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                )
            )  # fmt: skip
    yield f"tcp://127.0.0.1:{port}"
    for process in reversed(started):
        process.terminate()
    for process in started:
        process.wait(timeout=60)


@pytest.mark.slow
def test_the_command_of_the_page_recommends_on_the_services(tmp_path: Path, address: str) -> None:
    pytest.importorskip("distributed")
    from distributed import Client, get_task_stream

    page = (ROOT / "docs/containers.md").read_text()
    (line,) = re.findall(r"audit (recommend table\.csv .*)$", page, re.M)
    words = shlex.split(line.replace("table.csv", SMALL).replace("tcp://scheduler:8786", address))
    with Client(address, set_as_default=False, timeout=60) as client:
        client.wait_for_workers(2, timeout=60)
        with get_task_stream(client) as stream:
            done = subprocess.run(
                [sys.executable, "-m", "auditor", *words, "--cache-dir", str(tmp_path / "cache")],
                capture_output=True, text=True, cwd=tmp_path, timeout=600, env=ONE_THREAD,
            )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.html").is_file()
    assert len({task["worker"] for task in stream.data}) == 2
