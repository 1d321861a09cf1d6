"""Prometheus' text format, version 0.0.4: what its server, and most others, read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True)
class Sample:
    """One number, with its labels; `suffix` is "_bucket", "_sum" or "_count"."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""


@dataclass(frozen=True)
class Metric:
    """One figure by its name. A counter only grows; a gauge is as it is now."""

    name: str
    kind: str
    words: str
    samples: list[Sample]


def gauge(name: str, words: str, by: str, values: Mapping[str, float]) -> Metric:
    """A gauge for each value of one label."""
    rows = [Sample(value, {by: key}) for key, value in values.items()]
    return Metric(name, "gauge", words, rows)


def number(name: str, words: str, value: float, kind: str = "gauge") -> Metric:
    return Metric(name, kind, words, [Sample(value)])


def histogram(
    name: str, words: str, counts: Mapping[str, float], total_seconds: float
) -> Metric:
    """How many took at most so long, by upper end in ascending order ("+Inf" last)."""
    rows, so_far = [], 0.0
    for end, count in counts.items():
        so_far += count
        rows.append(Sample(so_far, {"le": end}, "_bucket"))
    rows += [Sample(total_seconds, {}, "_sum"), Sample(so_far, {}, "_count")]
    return Metric(name, "histogram", words, rows)


def text(metrics: Iterable[Metric]) -> str:
    lines = []
    for metric in metrics:
        lines.append(f"# HELP {metric.name} {metric.words}")
        lines.append(f"# TYPE {metric.name} {metric.kind}")
        lines += [_line(metric.name, sample) for sample in metric.samples]
    return "\n".join(lines) + "\n"


def _line(name: str, sample: Sample) -> str:
    labels = ",".join(
        f'{key}="{value.translate(ESCAPES)}"' for key, value in sample.labels.items()
    )
    named = f"{name}{sample.suffix}{f'{{{labels}}}' if labels else ''}"
    return f"{named} {_figure(sample.value)}"


def _figure(value: float) -> str:
    """With every digit: a counter of millions is not rounded."""
    return str(int(value)) if value == int(value) else repr(float(value))
