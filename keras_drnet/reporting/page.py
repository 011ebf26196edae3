"""The HTML report of a run: what was measured and drawn, on one page."""

import base64
import dataclasses
import io
import platform

import jinja2

import keras_drnet
from keras_drnet.reporting import code_tables, commands, tables
from keras_drnet.reporting.tables import Table
from keras_drnet.storage.versions import installed_versions
from keras_drnet.visualization import metric_curves, paper_figures

TEMPLATE = "report.html.j2"  # In the folder templates.
PACKAGES = ("tensorflow", "keras", "numpy", "scikit-learn", "matplotlib", "pillow")
# What the figures show, for those who cannot see them.
FIGURES = {
    "analogy": "Grid of frames: the content of the row in the pose of the column.",
    "interpolation": "Rows of frames that go from one pose to another.",
    "generation": "Rows of observed frames and those generated after them.",
    "comparison": "Rows of real frames, and of those that each method predicts.",
    "neighbors": "Rows of generated frames, above the nearest training frames.",
}
MAX_VIDEO_BYTES = 8 << 20  # Of a video on the page.


@dataclasses.dataclass(frozen=True)
class Figure:
    """A picture of the page, or the command that draws it.

    Attributes:
        name: what it is called.
        image: address that holds the picture; "" = there is none yet.
        alt: what it shows, in words.
        video: address that holds the same in motion; "" = none.
        large_video: path of a video that is too large for the page.
        command: command that draws the missing picture.
    """

    name: str
    image: str = ""
    alt: str = ""
    video: str = ""
    large_video: str = ""
    command: str = ""


@dataclasses.dataclass(frozen=True)
class Section:
    """Probes of one run.

    Attributes:
        title: its heading.
        tables: list of `Table`s.
        command: command that probes the run; "" = it was probed.
    """

    title: str
    tables: list
    command: str


def build(results, networks, date):
    """Make the page.

    Args:
        results: list of `Results`, that of the run first, then those of baselines.
        networks: dict of network to its number of weights.
        date: the day, a `datetime.date`.

    Returns:
        HTML, a string. What is missing is named, with the command that makes it.
    """
    run, names = results[0], tables.names(results)
    methods, clips = tables.methods(results), tables.clips(results)
    named = list(zip(results, names, strict=True))
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("keras_drnet.reporting"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template(TEMPLATE).render(
        title=f"{names[0]} on {run.config.data.dataset}",
        run_name=run.name,
        date=date.isoformat(),
        summary=_summary(run, networks),
        training=tables.training(run),
        unmeasured=[
            (name, commands.evaluate(result.path, clips))
            for result, name in named
            if not result.metrics
        ],
        basis=tables.basis(results) if methods else "",
        prediction=tables.predictions(methods),
        curves=list(_curves(methods)),
        probes=[
            _probes(result, name)
            for result, name in named
            if commands.can_be_probed(result.config)
        ],
        figures=list(_figures(results)),
        settings=list(_settings(run)),
        versions=list(_versions(run)),
        commands=commands.everything(results, clips),
    )


def _summary(run, networks):
    data, model = run.config.data, run.config.model
    built = f"content {model.content_encoder}, pose {model.pose_encoder}, "
    built += f"decoder {model.decoder}, {model.num_filters} filters"
    side = f"{data.image_size}x{data.image_size}"
    counts = ", ".join(f"{name} {count:,}" for name, count in networks.items())
    rows = [
        ("Data", f"{data.dataset}, {side}, {data.num_channels} channels"),
        ("Observed", f"{data.num_past} frames"),
        ("Networks", built if run.config.method == "drnet" else run.config.method),
        ("Weights", f"{sum(networks.values()):,}: {counts}"),
    ]
    return Table("What it is", rows)


def _curves(methods):
    for metric, label in metric_curves.METRICS.items():
        measured = {
            name: vars(curves)
            for name, curves in methods.items()
            if getattr(curves, metric)
        }
        if measured:
            file = io.BytesIO()
            metric_curves.plot_prediction(file, measured, metrics=(metric,))
            ends = ", ".join(
                f"{name} {curves[metric][-1]:.3g}" for name, curves in measured.items()
            )
            alt = f"{label} by frame; at the last: {ends}"
            yield Figure(metric, _data_uri(file.getvalue(), "image/png"), alt)


def _probes(result, name):
    subject = "Content and pose" if result.config.method == "drnet" else "Digits"
    return Section(
        f"{subject}: {name}",
        code_tables.all_of(result),
        "" if result.probes else commands.probe(result.path),
    )


def _figures(results):
    run, *baselines = results
    for name in paper_figures.NAMES:
        picture = paper_figures.find_image(run.figures, name)
        if picture.exists():
            yield _figure(picture, name)
        elif run.config.method == "drnet" or name not in paper_figures.NEED_POSES:
            command = commands.draw(run.path, [one.path for one in baselines], name)
            yield Figure(name, command=command)


def _figure(picture, name):
    image = _data_uri(picture.read_bytes(), "image/png")
    figure = Figure(name, image, FIGURES[name])
    video = picture.with_suffix(".mp4")
    if not video.exists():
        return figure
    if video.stat().st_size > MAX_VIDEO_BYTES:
        return dataclasses.replace(figure, large_video=str(video))
    return dataclasses.replace(figure, video=_data_uri(video.read_bytes(), "video/mp4"))


def _settings(run):
    """Yield a table of the settings that are in no section, then one a section."""
    values = dataclasses.asdict(run.config)
    sections = {key: one for key, one in values.items() if isinstance(one, dict)}
    top = {key: one for key, one in values.items() if key not in sections}
    for name, section in ({"run": top} | sections).items():
        yield Table(name, list(section.items()))


def _versions(run):
    trained = next((s.versions for s in run.stages.values() if s.versions), {})
    if trained:
        yield Table("Trained with", list(trained.items()))
    made = {"keras_drnet": keras_drnet.__version__, "python": platform.python_version()}
    made |= dict.fromkeys(PACKAGES, "not installed") | installed_versions(*PACKAGES)
    yield Table("Reported with", list(made.items()))


def _data_uri(content, media_type):
    """Return bytes as an address that holds them."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"
