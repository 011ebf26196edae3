"""The report of a run: what was measured and drawn, on one page."""

import dataclasses
import importlib.metadata
import io
import platform

import keras_drnet
from keras_drnet.reporting import code_tables, commands, tables
from keras_drnet.reporting.html_page import (
    data_uri,
    join,
    missing,
    page,
    scrolling,
    table,
    tag,
)
from keras_drnet.reporting.tables import Table
from keras_drnet.visualization import metric_curves, paper_figures

PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn", "matplotlib", "pillow")
# What the figures show, for those who can't see them.
FIGURES = {
    "analogy": "Grid of frames: the content of the row in the pose of the column.",
    "interpolation": "Rows of frames that go from one pose to another.",
    "generation": "Rows of observed frames and those generated after them.",
    "comparison": "Rows of real frames, and of those that each method predicts.",
    "neighbors": "Rows of generated frames, above the nearest training frames.",
}
MOST_BYTES = 8 << 20  # Of a video on the page.


def build(results, networks, date):
    """Make the page.

    Args:
        results: list of `Results`, that of the run first, then those of baselines.
        networks: dict of network to its number of weights.
        date: the day, a `datetime.date`.

    Returns:
        HTML, a string. What is missing is named, with the command that makes it.
    """
    run = results[0]
    names = tables.names(results)
    title = f"{names[0]} on {run.config.data.dataset}"
    return page(
        f"{title}: {run.path.resolve().name}",
        tag("h1", title),
        tag(
            "p",
            f"Run {run.path.resolve().name}, reported on ",
            tag("time", date.isoformat(), datetime=date.isoformat()),
            ".",
            class_="faint",
        ),
        _what_it_is(run, networks),
        _prediction(results, names),
        *(
            _probes(result, name)
            for result, name in zip(results, names, strict=True)
            if commands.can_be_probed(result.config)
        ),
        _figures(results),
        _configuration(run),
        _commands(results),
    )


def _what_it_is(run, networks):
    data, model = run.config.data, run.config.model
    built = f"content {model.content_encoder}, pose {model.pose_encoder}, "
    built += f"decoder {model.decoder}, {model.num_filters} filters"
    side = f"{data.image_size}x{data.image_size}"
    pairs = [
        ("Data", f"{data.dataset}, {side}, {data.num_channels} channels"),
        ("Observed", f"{data.num_past} frames"),
        ("Networks", built if run.config.method == "drnet" else run.config.method),
        (
            "Weights",
            f"{sum(networks.values()):,}: "
            + ", ".join(f"{name} {count:,}" for name, count in networks.items()),
        ),
    ]
    return join(
        [
            tag("h2", "The run"),
            table(Table("What it is", pairs)),
            table(tables.training(run)),
        ]
    )


def _prediction(results, names):
    parts = [tag("h2", "Prediction")]
    for result, name in zip(results, names, strict=True):
        if not result.metrics:
            command = commands.evaluate(result.path, tables.clips(results))
            parts.append(missing(f"{name} is not measured", command))
    methods = tables.methods(results)
    if methods:
        parts.append(tag("p", tables.basis(results)))
        parts += [table(tables.prediction(methods, name)) for name in tables.MEASURES]
        parts.append(tag("div", *_curves(methods), class_="row"))
    return join(parts)


def _curves(methods):
    for metric, label in metric_curves.METRICS.items():
        measured = {name: v for name, v in methods.items() if metric in v}
        if measured:
            file = io.BytesIO()
            metric_curves.plot_prediction(file, measured, metrics=(metric,))
            ends = ", ".join(
                f"{name} {v[metric][-1]:.3g}" for name, v in measured.items()
            )
            alt = f"{label} by frame; at the last: {ends}"
            yield tag("figure", _image(file.getvalue(), alt))


def _probes(result, name):
    subject = "Content and pose" if result.config.method == "drnet" else "Digits"
    parts = [tag("h2", f"{subject}: {name}")]
    parts += map(table, code_tables.all_of(result))
    if not result.probes:
        parts.append(missing("Not probed", commands.probe(result.path)))
    return join(parts)


def _figures(results):
    run = results[0]
    parts = [
        tag("h2", "Figures"),
        tag(
            "p", "Frames with a green border are real, those with a red one generated."
        ),
    ]
    for name in paper_figures.NAMES:
        picture = paper_figures.find_image(run.figures, name)
        if picture.exists():
            parts += _figure(picture, name)
        elif run.config.method == "drnet" or name not in paper_figures.NEED_POSES:
            baselines = [result.path for result in results[1:]]
            command = commands.draw(run.path, baselines, name)
            parts.append(missing(f"There is no {name} figure", command))
    return join(parts)


def _figure(picture, name):
    image = _image(picture.read_bytes(), FIGURES[name])
    yield tag("h3", name.capitalize())
    yield tag("figure", scrolling(image, f"{name}, picture"))
    video = picture.with_suffix(".mp4")
    if not video.exists():
        return
    if video.stat().st_size > MOST_BYTES:
        yield tag("p", "In motion, too large for this page: ", tag("code", video))
    else:
        source = data_uri(video.read_bytes(), "video/mp4")
        player = tag(
            "video",
            src=source,
            controls=True,
            loop=True,
            muted=True,
            playsinline=True,
            aria_label=f"{name}, video",
        )
        yield tag("details", tag("summary", "In motion"), tag("figure", player))


def _configuration(run):
    values = dataclasses.asdict(run.config)
    top = {key: value for key, value in values.items() if not isinstance(value, dict)}
    sections = {"run": top} | {k: v for k, v in values.items() if isinstance(v, dict)}
    tables = [table(Table(name, section.items())) for name, section in sections.items()]
    stages = [stage.versions for stage in run.stages.values() if stage.versions]
    trained = stages[0] if stages else {}
    made = {"keras_drnet": keras_drnet.__version__, "python": platform.python_version()}
    made |= {package: _version(package) for package in PACKAGES}
    return join(
        [
            tag("h2", "Configuration and versions"),
            tag("details", tag("summary", "Every setting of the run"), *tables),
            table(Table("Trained with", trained.items())) if trained else None,
            table(Table("Reported with", made.items())),
        ]
    )


def _version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _commands(results):
    lines = "\n".join(commands.everything(results, tables.clips(results)))
    return join([tag("h2", "Commands"), tag("pre", tag("code", lines))])


def _image(content, alt):
    return tag("img", src=data_uri(content, "image/png"), alt=alt)
