"""Weights that a run begins with: those of another run, to be trained further."""

from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.schema import Config, DataConfig
from keras_drnet.errors import InputError


def check_initial_run(config):
    """Check that the run that a configuration begins with has networks that fit.

    Args:
        config: a `Config`; without `initialize_from` there is nothing to check.

    Raises:
        InputError: there is no such run, it is not trained, or its networks are of
            another method, family or size.
    """
    if not config.initialize_from:
        return
    source = RunFolder(config.initialize_from)
    difference = _networks_of(source.config()).first_difference(_networks_of(config))
    if difference:
        raise InputError(
            f"The weights of {source.argument} do not fit this run: {difference}. Set "
            "it as it is there, or leave out --preset and --config to take all "
            "settings from there."
        )
    source.load_networks()


def initialize(networks, config):
    """Set the weights of networks to those of the run that they begin with.

    Args:
        networks: the method's networks, built from `config`.
        config: a `Config`; without `initialize_from` nothing is set.

    Raises:
        InputError: as `check_initial_run`.
    """
    if config.initialize_from:
        RunFolder(config.initialize_from).restore(networks)


def _networks_of(config):
    """Return a configuration with only those values that networks are built from."""
    data = config.data
    return Config(
        method=config.method,
        data=DataConfig(image_size=data.image_size, num_channels=data.num_channels),
        model=config.model,
    )
