"""Opening of a run for training."""

from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.overrides import read_overrides
from keras_drnet.config.precision import resolve_precision
from keras_drnet.config.presets import BASELINES, PRESETS
from keras_drnet.config.schema import Config
from keras_drnet.data.load import check_dataset
from keras_drnet.errors import InputError, choose
from keras_drnet.models.network_checks import check_networks
from keras_drnet.training.initialization import check_initial_run


def open_run(
    run,
    preset=None,
    data_dir=None,
    overrides=(),
    baseline=None,
    config_file=None,
    initialize_from=None,
):
    """Open a run for training: create it if it is new, else check it.

    Args:
        run: a `RunFolder`.
        preset: name in `PRESETS`; a run that exists needs none.
        data_dir: folder of the raw data, or `None`.
        overrides: strings `section.key=value`.
        baseline: name in `presets.BASELINES`: trains that on the preset's data.
        config_file: YAML file of values that differ from the preset's, or, if there is
            no preset, from the defaults; `overrides` come after it.
        initialize_from: run whose weights a new one begins with: what `RunFolder`
            takes. Its configuration is taken where there is neither preset nor file.

    Raises:
        InputError: the run exists with another configuration, or is new and has no
            preset, or cannot be trained: nothing is created then.
    """
    if run.is_released:
        raise InputError(
            f"{run.argument} is a released copy, which cannot be trained further: "
            f"start a new run from its weights with --initialize_from={run.argument} "
            "and a --run_dir of your own."
        )
    if run.exists() and not (preset or config_file):
        if baseline:
            raise InputError(
                f"{run.path} holds a run already, and --baseline is for a new one; "
                "choose another --run_dir, with --preset, or leave it out to go on."
            )
        wanted = run.config()
    elif preset or config_file:
        wanted = choose(PRESETS, preset, "preset")() if preset else Config()
        if config_file:
            wanted = wanted.with_overrides(read_overrides(config_file))
        if baseline:
            wanted = choose(BASELINES, baseline, "baseline")(wanted)
    elif initialize_from:
        wanted = RunFolder(initialize_from).config()
    else:
        raise InputError(
            f"{run.path} holds no run yet; start one with --preset, one of "
            f"{sorted(PRESETS)}, --config or --initialize_from."
        )
    wanted = wanted.with_overrides(overrides)
    if initialize_from is not None:
        wanted = wanted.with_overrides([f"initialize_from={initialize_from}"])
    if data_dir is not None:
        wanted = wanted.with_overrides([f"data.data_dir={data_dir}"])
    if run.exists():
        difference = run.config().first_difference(wanted)
        if difference:
            raise InputError(
                f"{run.path} is a run of another configuration: {difference}. Choose "
                "another --run_dir, or leave out all flags but --run_dir to go on."
            )
        return run
    resolve_precision(wanted.precision)
    check_networks(wanted)
    check_initial_run(wanted)
    check_dataset(wanted)
    run.create(wanted)
    return run
