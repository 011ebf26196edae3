"""Numbers of the JSON files under docs/results, and how tables write them."""

import functools
import json
import pathlib

RESULTS = pathlib.Path(__file__).parent / "results"


@functools.cache
def read(name):
    """Return the content of a JSON file, by its path without the suffix."""
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def load(run, name):
    """Return the content of a run's `metrics.json` or `probes.json`, by its name.

    Args:
        run: a folder of docs/results/runs, or a key of ablations.json, which has less.
        name: "metrics" or "probes".
    """
    if run in read("ablations"):
        return read("ablations")[run][name]
    return read(f"runs/{run}/evaluation/{name}")


def mean(run, metric, step, method="drnet"):
    """Return PSNR or SSIM of a predicted frame, by its number: 1, 2, ..."""
    return load(run, "metrics")["prediction"][method][metric][step - 1]


def train_steps(run, stage):
    """Return the steps that a stage was trained."""
    return load(run, "metrics")["train_steps"][stage]


def probed(run, name):
    """Return what probes read off the codes about a factor or quantity."""
    probes = load(run, "probes")
    return (probes["factors"] | probes.get("quantities", {}))[name]


def scene_probe(run, key="accuracy"):
    """Return the accuracy of a fresh scene discriminator."""
    return load(run, "probes")["fresh_scene_discriminator"][key]


def digits(run, key, step):
    """Return a share of the digits in a predicted frame, by its number."""
    found = load(run, "probes")["digits"]
    return found[key][found["steps"].index(step)]


def percent(value):
    """Write a share: 81.7 %."""
    return f"{100 * value:.1f} %"


def decimals(count):
    """Return a function that writes so many digits after the point."""
    return f"{{:.{count}f}}".format


def best(values, form, pick=max):
    """Write values, the best and what is written like it in bold.

    Args:
        values: iterable of numbers.
        form: function of a number to text.
        pick: `max` or `min`.

    Returns:
        List of texts.
    """
    texts = [form(value) for value in values]
    first = form(pick(values)) if texts else ""
    return [f"**{text}**" if text == first else text for text in texts]


def pairs(first, second):
    """Join two columns into one."""
    return [" / ".join(texts) for texts in zip(first, second, strict=True)]


def table(columns):
    """Make a table.

    Args:
        columns: dict of head to texts.

    Returns:
        Markdown, a string without a line break at its end.
    """
    rows = [columns, ["---"] * len(columns), *zip(*columns.values(), strict=True)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
