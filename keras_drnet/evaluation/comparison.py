"""Runs side by side: their predictors by name, and clips to set them against."""

from keras_drnet.config.schema import RECORDING_KEYS
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.errors import InputError
from keras_drnet.inference.load import load_predictor
from keras_drnet.visualization.labels import run_names


def load_predictors(runs):
    """Load the predictors of runs that can be compared.

    Args:
        runs: list of `RunFolder`.

    Returns:
        A dict of the methods' names, as people read them, to `Predictor`s, in the
        order of the runs. Of two runs of one method the second has its folder in its
        name.

    Raises:
        InputError: two runs were trained on other frames, or with another number of
            observed ones, or a run is not trained yet.
    """
    configs = [run.config() for run in runs]
    for run, config in zip(runs, configs, strict=True):
        for key in (*RECORDING_KEYS, "num_past"):
            ours, theirs = (getattr(c.data, key) for c in (configs[0], config))
            if ours != theirs:
                raise InputError(
                    f"{run.path} has data.{key} {theirs!r}, but {runs[0].path} has "
                    f"{ours!r}; expected runs on the same frames. Choose another "
                    "--baseline."
                )
    names = run_names(
        [
            (config.method_name, run.path)
            for run, config in zip(runs, configs, strict=True)
        ]
    )
    return {name: load_predictor(run) for name, run in zip(names, runs, strict=True)}


def longest_clips(config, num_frames, *, first_clip, num_clips):
    """Return test clips of the requested length, or the longest that there are.

    Args:
        config: a `Config`.
        num_frames: requested length, frames.
        first_clip: number of the first clip.
        num_clips: number of clips.

    Returns:
        float32 `[num_clips, T, H, W, C]`; T, from `num_past + 1` to `num_frames`, is
        the greatest that `num_clips` recordings have, or all if those are fewer.
    """
    shortest = config.data.num_past + 1
    source = load_source(config, "test", clip_length=shortest)
    longest = source.longest_window(num_clips) or num_frames
    length = max(shortest, min(longest, num_frames))
    source = load_source(config, "test", clip_length=length)
    return clip_frames(source, first_clip, num_clips)
