"""A Dask scheduler and workers, each a process of its own on the loopback device."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


class Cluster:
    """A scheduler and workers that a test started, and may kill."""

    def __init__(self, folder: Path, workers: int, *, code: Path = ROOT) -> None:
        """Start them.

        Parameters
        ----------
        code
            The folder from which the workers import the package.
        """
        self.folder, self.file = folder, folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        options = [
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--no-dashboard",
            "--no-show",
            "--idle-timeout",
            "1800",
        ]
        self.start(ROOT, "scheduler", *options, "--scheduler-file", str(self.file))
        self.workers = [self.start_worker(place, code) for place in range(workers)]
        self.address = self.wait(workers)

    def start_worker(self, place: int, code: Path = ROOT) -> subprocess.Popen[bytes]:
        return self.start(
            code, "worker", "--scheduler-file", str(self.file), "--nthreads", "1", "--no-nanny",
            "--no-dashboard", "--host", "127.0.0.1", "--death-timeout", "60", "--name", f"worker-{place}",
            "--local-directory", str(self.folder / str(place)),
        )  # fmt: skip

    def start(self, code: Path, *arguments: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(code), str(code / "plugins")])},
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.processes.append(process)
        return process

    def wait(self, workers: int) -> str:
        until = time.monotonic() + 60
        while not self.file.exists():
            assert time.monotonic() < until, "the scheduler does not start"
            time.sleep(0.1)
        time.sleep(0.1)
        self.address = str(json.loads(self.file.read_text())["address"])
        with self.client() as client:
            client.wait_for_workers(workers, timeout=60)
        return self.address

    def client(self) -> Any:
        from distributed import Client

        return Client(self.address, set_as_default=False)

    def kill_at_work(self, place: int, *, after: Callable[[], bool]) -> list[str]:
        """Kill a worker that holds jobs, once ``after`` says so; return the jobs it held.

        The worker is stopped first, so that it cannot end a job between the look and the kill.
        """
        with self.client() as client:
            until = time.monotonic() + 120
            while time.monotonic() < until:
                held = self.held_by(client, place) if after() else []
                if held:
                    self.workers[place].send_signal(signal.SIGSTOP)
                    time.sleep(0.5)  # what it sent before arrives
                    held = self.held_by(client, place)
                    if held:
                        self.workers[place].kill()
                        return held
                    self.workers[place].send_signal(signal.SIGCONT)
                time.sleep(0.01)
        raise AssertionError("the worker never held a job")

    def held_by(self, client: Any, place: int) -> list[str]:
        """Return the keys of the jobs that the scheduler believes a worker to be at."""
        about = client.scheduler_info()["workers"]
        address = next((a for a, told in about.items() if told["name"] == f"worker-{place}"), None)
        return [str(key) for key in client.processing().get(address, ())]

    def transitions(self, start: str, finish: str) -> Counter[str]:
        """Return how often each job went from one state of the scheduler to another."""

        def log(dask_scheduler: Any) -> list[tuple[str, str, str]]:
            return [(str(entry[0]), entry[1], entry[2]) for entry in dask_scheduler.transition_log]

        with self.client() as client:
            told = client.run_on_scheduler(log)
        return Counter(key for key, before, now in told if (before, now) == (start, finish))

    def end(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()
