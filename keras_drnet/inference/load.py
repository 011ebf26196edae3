"""Loading of trained predictors."""

import os
from collections.abc import Callable
from typing import Any

from keras_drnet import pretrained
from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.errors import InputError
from keras_drnet.inference.mcnet_predictor import MCNetPredictor
from keras_drnet.inference.predictor import Predictor
from keras_drnet.inference.video_predictor import VideoPredictor

# Maps the method of a run to its predictor, a class built from the run's networks.
PREDICTORS: dict[str, Callable[[Any], Predictor]] = {
    "drnet": VideoPredictor,
    "mcnet": MCNetPredictor,
}


def load_predictor(run: RunFolder) -> Predictor:
    """Load the predictor of a trained run.

    Args:
        run: a `RunFolder`.

    Returns:
        A `Predictor`.

    Raises:
        InputError: a stage of the run has no checkpoint yet.
    """
    return PREDICTORS[run.config().method](run.load_networks())


def load(source: str | os.PathLike[str]) -> Predictor:
    """Load a trained predictor.

    Args:
        source: a word without a slash, such as `"moving_mnist"`, is the name of a run
            that comes with the package. All else is what `--run_dir` takes: a run
            folder, as a `pathlib.Path` or a string with a slash in it
            (`"runs/digits"`, `"./digits"`); `"pretrained:<name>"`; or
            `"hf://<owner>/<name>"`, also with `@<revision>`, for a run on the Hugging
            Face Hub.

    Returns:
        A `Predictor`.

    Raises:
        InputError: there is no such run, or it cannot be loaded; the message lists the
            runs of the package.
    """
    is_word = isinstance(source, str) and not {"/", ":"} & set(source)
    if is_word and source not in pretrained.names():
        raise _no_run(source)
    run = RunFolder(f"{pretrained.PREFIX}{source}" if is_word else source)
    if not run.exists():
        raise _no_run(source)
    return load_predictor(run)


def _no_run(source: str | os.PathLike[str]) -> InputError:
    return InputError(
        f"There is no run {os.fspath(source)!r}; expected a name, one of "
        f"{pretrained.names()}, a run folder with a slash in its path (./mine), or "
        "hf://owner/name."
    )
