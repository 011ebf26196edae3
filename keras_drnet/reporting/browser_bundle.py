"""The bundle of a run that the browser demo shows."""

import shutil
import sys

from keras_drnet.errors import InputError
from keras_drnet.processes.child import run_child

MANIFEST = "manifest.json"
EXPORTED = "bundle"  # What `export.main` writes for a run.
OWN = "browser_bundle"  # What is exported here: float32 alone, which takes less time.


def find_or_export(run, data_dir=None):
    """Return the folder of a bundle with TFLite files and the run's newest weights.

    Args:
        run: a `RunFolder`, trained.
        data_dir: data directory; `None` for the one in the run's configuration.

    Raises:
        InputError: there is none, and the run cannot be exported.
    """
    run.check_method("drnet", "be shown in the browser")
    folders = [run.output_path(name) for name in (EXPORTED, OWN)]
    for folder in folders:
        if _is_current(folder, run):
            return folder
    folder = folders[-1]
    shutil.rmtree(folder, ignore_errors=True)
    print(
        f"Exporting {run.argument} to {folder}, which takes some minutes.", flush=True
    )
    # A program is run: this package does not import the export, which stands on it.
    command = [sys.executable, "-m", "keras_drnet", "export"]
    flags = {
        "run_dir": run.argument,
        "output_dir": folder,
        "formats": "tflite",
        "quantize": "none",
    }
    if data_dir is not None:
        flags["data_dir"] = data_dir
    command += [f"--{name}={value}" for name, value in flags.items()]
    if run_child(command) != 0:
        raise InputError(f"{run.argument} was not exported; the lines above say why.")
    return folder


def _is_current(folder, run):
    """Return whether a folder holds a bundle that is no older than the checkpoints."""
    manifest = folder / MANIFEST
    if not manifest.is_file() or not any(folder.glob("drnet*.tflite")):
        return False
    checkpoints = run.path.glob("*/step_*")
    newest = max((path.stat().st_mtime for path in checkpoints), default=0.0)
    return manifest.stat().st_mtime >= newest
