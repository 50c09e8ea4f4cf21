"""`python -m bench`: measures the service and prints a table; `--quick` only checks that everything answers."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import orjson
from argon2 import PasswordHasher

from bench import agreement, report, servers
from bench.cases import CASES, Case
from bench.client import Request, fetch
from bench.database import DURABILITY, fill, measured_postgres, migrate, server_process
from bench.measuring import Bench, Measured
from bench.proof import Proof
from bench.samples import Samples
from bench.servers import Server
from bench.shaping import shapes_in
from config import SETTINGS

LIST_SIZES = (1, 20, 100)
LIST_WITH_INCLUDES = "/v1/events?include=event-type,event-topic,tickets&page[size]="


def main(arguments: Sequence[str]) -> int:
    """Measure, print, and return the exit code: figures never fail, answers that differ do."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    cases = [case for case in CASES if options.only in case.name]
    with tempfile.TemporaryDirectory(prefix="oes-bench-") as folder, _bench(Path(folder), options) as (bench, samples):
        try:
            _run(bench, samples, cases, quick=options.quick)
            if options.only in "proof" and not options.quick:
                _prove(bench, samples)
        except agreement.Disagreement as difference:
            print(difference, file=sys.stderr)
            return 1
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one request per case, and no figures")
    parser.add_argument("--seconds", type=float, default=3.0, help="how long each server is measured in each case")
    parser.add_argument("--connections", type=int, default=8, help="how many requests are under way at once")
    parser.add_argument("--only", default="", metavar="TEXT", help="only cases whose name holds this, or proof")
    return parser.parse_args(arguments)


@contextlib.contextmanager
def _bench(folder: Path, options: argparse.Namespace) -> Iterator[tuple[Bench, Samples]]:
    """Everything that runs during the measurements."""
    with measured_postgres() as url:
        started = time.perf_counter()
        migrate(url, folder)
        fill(url, _hasher())
        print(f"Loaded 1,000 events with their tickets in {time.perf_counter() - started:.1f} s.", flush=True)
        environ = servers.environment(url, folder)
        with servers.service(environ, folder) as app:
            shapes = _write_shapes(app, Samples(url, app.port), folder)
            with servers.raw(environ, shapes, folder) as raw:
                bench = Bench(app, raw, server_process(url), options.connections, options.seconds)
                yield bench, Samples(url, app.port)


def _hasher() -> PasswordHasher:
    defaults = {setting.name: setting.default for setting in SETTINGS}
    return PasswordHasher(defaults["ARGON2_TIME_COST"], defaults["ARGON2_MEMORY_KIB"], parallelism=1)


def _write_shapes(app: Server, samples: Samples, folder: Path) -> Path:
    """Look at one answer of each reading case and write down what the raw server needs to know of it."""
    shapes = {}
    for case in CASES:
        if not case.half_of:
            request = next(case.requests(samples))
            answer = asyncio.run(fetch(app.port, request))
            document = answer.json()
            # With `fields` an answer shows less of a type than there is.
            if answer.status == case.expected and "data" in document and "fields[" not in request.path:
                shapes.update(shapes_in(document))
    path = folder / "shapes.json"
    path.write_bytes(orjson.dumps({name: dataclasses.asdict(shape) for name, shape in shapes.items()}))
    return path


def _run(bench: Bench, samples: Samples, cases: Sequence[Case], *, quick: bool) -> None:
    feeds = {case.name: case.requests(samples) for case in cases}
    for case in cases:
        print("-", _agree(bench, case, feeds[case.name]), flush=True)
    if quick or not cases:
        return
    print(f"\n{_conditions(bench)}\n", flush=True)
    measured: list[Measured] = []
    for case in cases:
        measured.append(bench.measure(case, feeds[case.name]))
        print(f"{case.name} measured.", file=sys.stderr, flush=True)
    print(report.table(measured), end="\n\n")
    print("\n".join(report.bounds(measured, _statements_by_size(bench))))
    _tell_wrong_answers(measured)


def _prove(bench: Bench, samples: Samples) -> None:
    print("\nThe last seats and uses, which everybody wants at the same moment:\n")
    for line in Proof(bench.app, samples).lines():
        print(line, flush=True)


def _agree(bench: Bench, case: Case, requests: Iterator[Request]) -> str:
    first = next(requests)
    return agreement.compare(bench, case, first, next(requests) if case.is_write else first)


def _statements_by_size(bench: Bench) -> dict[int, int]:
    return {size: bench.look(Request(f"{LIST_WITH_INCLUDES}{size}"))[0] for size in LIST_SIZES}


def _tell_wrong_answers(measured: Sequence[Measured]) -> None:
    for each in measured:
        for outcome in filter(None, (each.app, each.raw)):
            if outcome.load.wrong:
                sample = outcome.load.wrong[0]
                print(f"- {each.case.name}: {len(outcome.load.wrong)} wrong, as {sample.status} {sample.body[:200]!r}")


def _conditions(bench: Bench) -> str:
    defaults = {setting.name: setting.default for setting in SETTINGS}
    return (
        f"Python {platform.python_version()}, {os.cpu_count()} processors; granian with {servers.WORKERS} workers of "
        f"{servers.THREADS} threads for both servers; {bench.connections} requests under way; {bench.seconds:g} s per "
        f"server and case, by turns; PostgreSQL with {DURABILITY}; argon2id with {defaults['ARGON2_TIME_COST']} passes "
        f"over {defaults['ARGON2_MEMORY_KIB'] // 1024} MiB. CPU is per request; PG is PostgreSQL's."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
