"""Loading of trained predictors."""

from collections.abc import Callable
from typing import Any

from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.inference.mcnet_predictor import MCNetPredictor
from keras_drnet.inference.predictor import Predictor
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.pretrained import PREFIX

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


def load(name: str) -> Predictor:
    """Load a trained predictor that is part of the package.

    Args:
        name: name of a packaged run, such as `"moving_mnist"`.

    Returns:
        A `Predictor`.

    Raises:
        InputError: the package has no run of that name.
    """
    return load_predictor(RunFolder(f"{PREFIX}{name}"))
