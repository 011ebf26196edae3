"""The report of a run: what was measured and drawn, on one page."""

import dataclasses
import importlib.metadata
import io
import platform

import keras_drnet
from keras_drnet import figures, plots
from keras_drnet.labels import METHOD_NAMES
from keras_drnet.reporting import commands
from keras_drnet.reporting.html_page import (
    data_uri,
    facts,
    join,
    missing,
    page,
    scrolling,
    table,
    tag,
)
from keras_drnet.reporting.probes_part import content_and_pose

STEPS = (1, 5, 10, 20, 50)  # Frames after the last observed one, in the tables.
MEASURES = {"psnr": ("PSNR (dB)", 2), "ssim": ("SSIM", 3)}  # Digits after the point.
PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn", "matplotlib", "pillow")
# What the figures show, for those who can't see them.
FIGURES = {
    "analogy": "Grid of frames: the content of the row in the pose of the column.",
    "interpolation": "Rows of frames that go from one pose to another.",
    "generation": "Rows of observed frames and those generated after them.",
    "comparison": "Rows of real frames, and of those that each method predicts.",
    "neighbours": "Rows of generated frames, above the nearest training frames.",
}
MOST_BYTES = 8 << 20  # Of a video on the page.


def build(results, networks, date):
    """Makes the page.

    Args:
        results: list of `Results`, that of the run first, then those of baselines.
        networks: dict of network to its number of weights.
        date: the day, a `datetime.date`.

    Returns:
        HTML, a string. What is missing is named, with the command that makes it.
    """
    run = results[0]
    names = _names(results)
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
            content_and_pose(result, name)
            for result, name in zip(results, names, strict=True)
            if result.config.method == "drnet"
        ),
        _figures(results),
        _configuration(run),
        _commands(results),
    )


def _names(results):
    """Returns the methods' names; that of a second one has its folder too."""
    names = []
    for result in results:
        name = result.method_name
        if name in names:
            name = f"{name} ({result.path.resolve().name})"
        names.append(name)
    return names


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
    for name, stage in run.stages.items():
        text = f"{stage.steps:,} steps"
        if stage.seconds:
            text += f" in {_duration(stage.seconds)}"
        pairs.append((f"Stage {name}", text))
    return join([tag("h2", "The run"), facts("What was trained", pairs)])


def _duration(seconds):
    minutes = round(seconds / 60)
    return (
        f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"
    )


def _prediction(results, names):
    parts = [tag("h2", "Prediction")]
    methods, others = {}, {}
    for result, name in zip(results, names, strict=True):
        if not result.metrics:
            command = commands.evaluate(result.path, _clips(results))
            parts.append(missing(f"{name} is not measured", command))
            continue
        for key, values in result.metrics["prediction"].items():
            if key == result.metrics["method"]:
                methods[name] = values
            else:  # Needs no training: the same beside every run.
                others[METHOD_NAMES.get(key, key)] = values
    methods |= others
    if methods:
        clips = _clips(results)
        parts.append(
            tag(
                "p",
                f"All methods on the same {clips['count']} held-out clips, "
                f"{clips['num_past']} frames observed. Means over clips, with 95 % "
                "intervals of the mean; the best of a column is bold.",
            )
        )
        parts += [_measure_table(methods, measure) for measure in MEASURES]
        parts.append(tag("div", *_curves(methods), class_="row"))
    return join(parts)


def _measure_table(methods, measure):
    label, digits = MEASURES[measure]
    num_future = max(len(values[measure]) for values in methods.values())
    steps = [step for step in STEPS if step <= num_future]
    best = [max(v[measure][step - 1] for v in methods.values()) for step in steps]
    rows = []
    for name, values in methods.items():
        cells = [name]
        for step, top in zip(steps, best, strict=True):
            mean = values[measure][step - 1]
            text = f"{mean:.{digits}f}"
            cell = tag("strong", text) if mean == top else text
            interval = values.get(f"{measure}_interval")
            if interval:
                low, high = (f"{end:.{digits}f}" for end in interval[step - 1])
                cell = join([cell, tag("small", f"{low} to {high}")])
            cells.append(cell)
        rows.append(cells)
    heads = ["Method", *(f"+{step}" for step in steps)]
    caption = f"{label} of the frame so many after the last observed one"
    return table(caption, heads, rows)


def _curves(methods):
    for metric, label in plots.METRICS.items():
        measured = {name: v for name, v in methods.items() if metric in v}
        if measured:
            file = io.BytesIO()
            plots.plot_prediction(file, measured, metrics=(metric,))
            ends = ", ".join(
                f"{name} {v[metric][-1]:.3g}" for name, v in measured.items()
            )
            alt = f"{label} by frame; at the last: {ends}"
            yield tag("figure", _image(file.getvalue(), alt))


def _figures(results):
    run = results[0]
    parts = [
        tag("h2", "Figures"),
        tag(
            "p", "Frames with a green border are real, those with a red one generated."
        ),
    ]
    for name in figures.NAMES:
        picture = run.path / "figures" / f"{name}.png"
        if picture.exists():
            parts += _figure(picture, name)
        elif run.config.method == "drnet" or name not in figures.NEED_POSES:
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
    tables = [facts(name, section.items()) for name, section in sections.items()]
    stages = [stage.versions for stage in run.stages.values() if stage.versions]
    trained = stages[0] if stages else {}
    made = {"keras_drnet": keras_drnet.__version__, "python": platform.python_version()}
    made |= {package: _version(package) for package in PACKAGES}
    return join(
        [
            tag("h2", "Configuration and versions"),
            tag("details", tag("summary", "Every setting of the run"), *tables),
            facts("Trained with", trained.items()) if trained else None,
            facts("Reported with", made.items()),
        ]
    )


def _version(package):
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def _commands(results):
    run, clips, lines = results[0], _clips(results), []
    for result in results:
        lines.append(commands.train(result.path, result.config))
        lines.append(commands.evaluate(result.path, clips))
        if result.config.method == "drnet":
            lines.append(commands.probe(result.path))
    baselines = [result.path for result in results[1:]]
    lines.append(commands.draw(run.path, baselines))
    lines.append(commands.report(run.path, baselines))
    return join([tag("h2", "Commands"), tag("pre", tag("code", "\n".join(lines)))])


def _clips(results):
    """Returns which clips were measured, `None` if nothing was."""
    return next((r.metrics["clips"] for r in results if r.metrics), None)


def _image(content, alt):
    return tag("img", src=data_uri(content, "image/png"), alt=alt)
