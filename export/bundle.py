"""A bundle: the folder that an export makes of a run.

    bundle/
      saved_model/1/            for TF Serving, with warm-up requests
      drnet.tflite              and its quantized variants
      onnx/<function>.onnx
      signatures.json           inputs and outputs of the functions
      golden.npz                examples of inputs and outputs, to test programs with
      examples/1/               observed frames of a test clip, as images; 2/, ...
      model_card.md             description, quality and speed
      manifest.json             configuration, versions, SHA-256 of every file

It is written to a temporary sibling folder, then renamed atomically.
"""

import dataclasses
import json
import pathlib
import platform
import shutil

import numpy as np
import tensorflow as tf

from keras_drnet.errors import InputError, import_extra
from keras_drnet.storage.files import atomic_folder, sha256
from keras_drnet.storage.lock import exclusive
from keras_drnet.storage.versions import installed_versions
from keras_drnet.visualization.frame_grid import frame_grid, write_png

from . import model_card
from .formats import subprocesses
from .layout import CARD_FILE, EXAMPLES_FOLDER, GOLDEN_FILE, MANIFEST_FILE
from .prepare import prepare
from .signatures import SIGNATURES_FILE
from .writers import REQUIRED, WRITERS

FORMATS = tuple(WRITERS)
EXAMPLE_CLIPS = 4
VERSIONS = ("keras", "numpy", "onnx", "tensorflow", "tf2onnx")


@dataclasses.dataclass(frozen=True)
class Options:
    """What to write.

    Attributes:
        formats: some of `FORMATS`.
        schemes: TFLite files to write: some of `schemes.SCHEMES`.
        version: number of the SavedModel's version.
        force: whether a model that misses its threshold is written all the same.
        data_dir: data directory; `None` for the one in the run's configuration.
    """

    formats: tuple[str, ...] = FORMATS
    schemes: tuple[str, ...] = ("none", "float16", "int8")
    version: int = 1
    force: bool = False
    data_dir: str | None = None


def export_run(run, output_dir, options):
    """Write the bundle of a run.

    Args:
        run: a `RunFolder`, trained.
        output_dir: folder to make.
        options: `Options`.

    Returns:
        A list of `measure.Measurement`, one for each model that was asked for, also
        for those that were refused because they miss their threshold.

    Raises:
        InputError: the run or its data cannot be read, or the folder exists or
            cannot be written, or a format needs a package that is not installed.
        ExportError: a conversion failed; nothing is left in `output_dir`.
    """
    output_dir = pathlib.Path(output_dir)
    if output_dir.exists():
        raise InputError(
            f"{output_dir} is there already; choose another --output_dir or remove it."
        )
    for name in options.formats:
        for module in REQUIRED.get(name, ()):
            import_extra(module, f"leave {name} out with --formats")
    prepared = prepare(run, options.data_dir)
    log = subprocesses.log_path(output_dir)
    try:
        output_dir.parent.mkdir(parents=True, exist_ok=True)
        lock = output_dir.with_name(f"{output_dir.name}.lock")
        with exclusive(lock, output_dir), atomic_folder(output_dir) as folder:
            measurements = _write(prepared, folder, options, log)
    except (OSError, tf.errors.OpError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "message", error)
        raise InputError(f"Cannot write {output_dir}: {reason}.") from error
    log.unlink(missing_ok=True)
    return measurements


def _write(prepared, folder, options, log):
    """Write all files; return the `Measurement`s of the models."""
    signatures = prepared.signatures(prepared.functions)
    (folder / SIGNATURES_FILE).write_text(signatures.to_json())
    np.savez(folder / GOLDEN_FILE, **prepared.golden)
    _write_examples(folder / EXAMPLES_FOLDER, prepared.reference.past[:EXAMPLE_CLIPS])
    measurements = []
    for name, write in WRITERS.items():
        if name not in options.formats:
            continue
        for path, measurement in write(prepared, folder, options, log=log):
            measurements.append(measurement)
            if not (measurement.passed or options.force):
                _remove(path)
    card = model_card.text(prepared.run, signatures, measurements)
    (folder / CARD_FILE).write_text(card)
    (folder / MANIFEST_FILE).write_text(_manifest(folder, prepared.config))
    return measurements


def _write_examples(folder, clips):
    for number, frames in enumerate(clips, start=1):
        for t, frame in enumerate(frames):
            path = folder / str(number) / f"{t:03d}.png"
            write_png(path, frame_grid([[frame]], border=0))


def _remove(path):
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _manifest(folder, config):
    """Return the text of `manifest.json` for the files in a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest = {
        "files": {
            path.relative_to(folder).as_posix(): {
                "bytes": path.stat().st_size,
                "sha256": sha256(str(path)),
            }
            for path in files
        },
        "versions": {"python": platform.python_version()}
        | installed_versions(*VERSIONS),
        "config": dataclasses.asdict(config),
    }
    return json.dumps(manifest, indent=2) + "\n"
