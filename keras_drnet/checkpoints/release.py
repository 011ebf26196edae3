"""Release of a run: a small copy of it, to be given to others."""

import pathlib
import shutil

import numpy as np

from keras_drnet.checkpoints import hub
from keras_drnet.checkpoints.run_folder import RunFolder

RESULT_FILES = ("metrics.json", "probes.json")  # Of an evaluation.


def release(run, output_dir, *, results_only=False):
    """Write a small copy of a run.

    The copy has weights in float16 and neither the state of training nor any path.

    Args:
        run: a trained `RunFolder`.
        output_dir: folder to create, new or empty.
        results_only: whether to copy no weights, only configuration and results.

    Returns:
        The copy, a `RunFolder`.

    Raises:
        InputError: the run is not trained, or the folder cannot be created.
    """
    networks = None if results_only else run.load_networks()
    copy = RunFolder(output_dir)
    config = run.config()
    # Results depend on the data set: the name of its folder is kept, not the path. So
    # is that of the run whose weights this one began with.
    data_dir = pathlib.Path(config.data.data_dir).name if results_only else ""
    source = config.initialize_from
    if not source.startswith(hub.PREFIX):
        source = pathlib.Path(source).name
    copy.create(
        config.with_overrides(
            [f"data.data_dir={data_dir}", f"initialize_from={source}"]
        )
    )
    if networks:
        _save_weights(run, networks, copy)
    for name in RESULT_FILES:
        results = run.find(f"evaluation/{name}")
        if results.is_file():
            (copy.path / "evaluation").mkdir(exist_ok=True)
            shutil.copyfile(results, copy.path / "evaluation" / name)
    return copy


def _save_weights(run, networks, copy):
    for stage, trained in run.last_weights(networks).items():
        steps, seconds = run.checkpoints(stage).progress()
        copy.checkpoints(stage).save(steps, trained, dtype=np.float16, seconds=seconds)
