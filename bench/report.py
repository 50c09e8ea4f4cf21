"""The figures as a table in Markdown, and for each wanted bound whether it is met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bench.measuring import Measured, Outcome

HEAD = (
    "case", "app req/s", "raw req/s", "ratio", "app p50 ms", "p99 ms", "raw p50 ms", "p99 ms",
    "app CPU ms", "+ PG", "raw CPU ms", "+ PG", "CPU ratio", "SQL", "bytes",
)  # fmt: skip


def table(measured: Sequence[Measured]) -> str:
    """All figures; one line per case."""
    rows = [HEAD, ("---", *("--:" for _ in HEAD[1:])), *(_cells(each) for each in measured)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def _cells(each: Measured) -> tuple[str, ...]:
    app, raw = each.app, each.raw
    return (
        each.case.name,
        *_speed(app)[:1],
        *(_speed(raw)[:1] if raw else ("",)),
        _times(each.ratio),
        *_speed(app)[1:],
        *(_speed(raw)[1:] if raw else ("", "")),
        *_processor(app),
        *(_processor(raw) if raw else ("", "")),
        _times(each.cpu_ratio),
        str(each.statements),
        f"{each.size:,}",
    )


def _speed(outcome: Outcome) -> tuple[str, str, str]:
    return f"{outcome.per_second:,.0f}", f"{outcome.percentile(0.5):.1f}", f"{outcome.percentile(0.99):.1f}"


def _processor(outcome: Outcome) -> tuple[str, str]:
    return f"{outcome.cpu(outcome.usage.server):.2f}", f"{outcome.cpu(outcome.usage.database):.2f}"


def _times(ratio: float | None) -> str:
    return "" if ratio is None else f"{ratio:.1f}"


def bounds(measured: Sequence[Measured], statements: Mapping[int, int]) -> Iterator[str]:
    """One line per wanted bound."""
    by_name = {each.case.name: each for each in measured}
    for each in measured:
        if each.case.bound is not None and each.ratio is not None:
            said = f"{each.case.name}: {each.ratio:.1f} times raw (wanted: at most {each.case.bound:g})"
            yield _verdict(each.ratio <= each.case.bound, said)
        if each.case.statements is not None:
            said = f"{each.case.name}: {each.statements} SQL statements (wanted: at most {each.case.statements})"
            yield _verdict(each.statements <= each.case.statements, said)
        full = by_name.get(each.case.half_of)
        if full is not None:
            yield _half(each, full)
    told = ", ".join(f"{number} with {rows} rows" for rows, number in statements.items())
    yield _verdict(len(set(statements.values())) == 1, f"statements of a list with its includes do not grow: {told}")


def _half(each: Measured, full: Measured) -> str:
    own, whole = each.app.cpu(each.app.usage.total), full.app.cpu(full.app.usage.total)
    share = full.app.per_second / each.app.per_second if each.app.per_second else 1.0
    said = (
        f"{each.case.name}: {share:.0%} of the time and {own / whole if whole else 1:.0%} of the CPU of a full answer"
    )
    return _verdict(share <= 0.5, f"{said} (wanted: at most half)")


def _verdict(is_met: bool, said: str) -> str:
    return f"- {'met' if is_met else 'NOT MET'}: {said}"
