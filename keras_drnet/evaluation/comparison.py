"""Comparison of runs: their predictors by name, and clips to predict."""

from keras_drnet.config.schema import RECORDING_KEYS
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames
from keras_drnet.errors import InputError
from keras_drnet.inference.load import load_predictor
from keras_drnet.visualization.labels import run_names


def load_predictors(runs):
    """Load the predictors of comparable runs.

    Args:
        runs: list of `RunFolder`.

    Returns:
        A dict of display names of the methods to `Predictor`s, in the order of the
        runs. The second run of a method has its folder in its name.

    Raises:
        InputError: two runs differ in their frames or in the number of observed ones,
            a run is given twice, or one is not trained yet.
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
    """Return test clips of a given length, or of the greatest that the data have.

    Args:
        config: a `Config`.
        num_frames: length to return, frames, if enough clips are that long.
        first_clip: index of the first clip.
        num_clips: number of clips.

    Returns:
        float32 `[num_clips, T, H, W, C]`, T from `num_past + 1` to `num_frames`. If
        clips are shorter, T is the greatest length of `num_clips` recordings, or of
        all of them if there are fewer.
    """
    shortest = config.data.num_past + 1
    source = load_source(config, "test", clip_length=shortest)
    longest = source.longest_window(num_clips) or num_frames
    length = max(shortest, min(longest, num_frames))
    source = load_source(config, "test", clip_length=length)
    return clip_frames(source, first_clip, num_clips)
