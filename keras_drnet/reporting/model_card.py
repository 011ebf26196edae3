"""The card of a shared run: the README.md that the Hugging Face Hub shows."""

import dataclasses
import shlex

import jinja2
import yaml

from keras_drnet.reporting import code_tables, commands, markdown, tables
from keras_drnet.reporting.measurements import CodeProbes
from keras_drnet.reporting.tables import Table

TEMPLATE = "model_card.md.j2"  # In the folder templates.
FILE = "README.md"


@dataclasses.dataclass(frozen=True)
class Card:
    """What a card says that no file of the run does.

    Attributes:
        address: where the run will be, as `--run_dir` takes it: `hf://owner/name`.
        license: license of the weights, by its name on the Hub; "" = not stated.
        data_terms: terms of the data, in words; "" = not stated.
        data_dir: name of the data's folder, for the commands; "" = none is needed.
    """

    address: str
    license: str = ""
    data_terms: str = ""
    data_dir: str = ""


def build(results, card):
    """Make the text.

    Args:
        results: `Results` of the run.
        card: its `Card`.

    Returns:
        Markdown with a header in YAML, a string.
    """
    config, metrics = results.config, results.metrics
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("keras_drnet.reporting"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(TEMPLATE).render(
        header=yaml.safe_dump(_header(config, card), sort_keys=False),
        name=results.name,
        method=config.method_name,
        method_name=tables.names([results])[0],
        config=config,
        card=card,
        stages=[f"{name}, {text}" for name, text in tables.training(results).rows],
        basis=tables.basis([results], intervals=False) if metrics else "",
        figures=[markdown.table(one) for one in _tables(results)],
        commands=list(_commands(results, card)),
    )


def _header(config, card):
    """Return what the Hub reads of a card."""
    tags = ["video-prediction", config.method_name, "keras_drnet"]
    if config.method_name == "drnet":
        tags.append("disentanglement")
    license_name = {"license": card.license} if card.license else {}
    return license_name | {"library_name": "keras", "tags": tags}


def _tables(results):
    metrics, probes = results.metrics, results.probes
    found = [_prediction(results)] if metrics else []
    if isinstance(probes, CodeProbes):
        found += [code_tables.factors(probes), code_tables.quantities(probes)]
    digits = (probes and probes.digits) or (metrics and metrics.digits)
    if digits:
        found.append(code_tables.predicted_digits(digits))
    return [table for table in found if table.rows]


def _prediction(results):
    """Make one table of both metrics, without their intervals."""
    curves = tables.methods([results])
    psnr, ssim = (tables.prediction(curves, metric) for metric in ("psnr", "ssim"))
    rows = [
        [name, *map(_both, decibels, similarities)]
        for (name, *decibels), (_, *similarities) in zip(
            psnr.rows, ssim.rows, strict=True
        )
    ]
    caption = "PSNR in dB / SSIM by frames after the last observed one"
    return Table(caption, rows, psnr.heads)


def _both(*cells):
    numbers = (f"**{cell.text}**" if cell.best else cell.text for cell in cells)
    return " / ".join(numbers)


def _commands(results, card):
    """Yield what trains the run anew, measures and uses it."""
    config, metrics = results.config, results.metrics
    config = config.with_overrides(["data.data_dir="])
    data = f" --data_dir={shlex.quote(card.data_dir)}" if card.data_dir else ""
    yield commands.train(f"runs/{results.name}", config) + data
    yield commands.evaluate(card.address, metrics and metrics.clips) + data
    if commands.can_be_probed(config):
        yield commands.probe(card.address, results.probes) + data
