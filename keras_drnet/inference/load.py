"""Trained predictors of any method, by the method's name."""

from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.inference.mcnet_predictor import MCNetPredictor
from keras_drnet.inference.video_predictor import VideoPredictor
from keras_drnet.pretrained import PREFIX

# Method of a run to its predictor, made of the run's networks.
PREDICTORS = {"drnet": VideoPredictor, "mcnet": MCNetPredictor}


def load_predictor(run):
    """Load the predictor of a trained run.

    Args:
        run: a `RunFolder`.

    Returns:
        A `Predictor`.

    Raises:
        InputError: a stage of the run is not trained yet.
    """
    return PREDICTORS[run.config().method](run.load_networks())


def load(name):
    """Load a predictor that comes trained with the package.

    Args:
        name: `"moving_mnist"`.

    Returns:
        A `Predictor`.

    Raises:
        InputError: none of that name comes with the package.
    """
    return load_predictor(RunFolder(f"{PREFIX}{name}"))
