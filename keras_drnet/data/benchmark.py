"""Timing of the sources of clips."""

import dataclasses
import pathlib
import statistics

from keras_drnet.config.presets import PRESETS
from keras_drnet.config.schema import DataConfig
from keras_drnet.data.load import load_dataset
from keras_drnet.data.preparation import prepare
from keras_drnet.errors import InputError, choose

NUM_CHAIRS = 16


def make_readers(config, folder, sources=()):
    """Make functions that read a batch, after the first one has been read.

    Args:
        config: a `Config` of Moving MNIST.
        folder: where shards are written.
        sources: strings `preset=data_dir`, more sources.

    Returns:
        A dict of names to functions without arguments.

    Raises:
        InputError: a string in `sources` has no "=", or its preset is unknown.
    """
    data = _data_configs(config.data.image_size, folder, sources)
    return {
        name: _reader(dataclasses.replace(config, data=one))
        for name, one in ({"moving_mnist, drawn": config.data} | data).items()
    }


def sources_table(batch_seconds, step_seconds, batch_size):
    """Return the rates of sources, and their ratio to that of the fastest step."""
    fastest = min(map(statistics.median, step_seconds.values()))
    lines = [f"{'source of clips':<32}{'clips / s':>10}{'of a step':>10}"]
    for name, values in batch_seconds.items():
        seconds = statistics.median(values)
        lines.append(
            f"{name:<32}{batch_size / seconds:>10.0f}{fastest / seconds:>9.1f}x"
        )
    return "\n".join(lines)


def _data_configs(image_size, folder, sources):
    """Return `DataConfig`s by name; writes shards into a folder."""
    chairs = DataConfig(
        dataset="rotating_objects", image_size=image_size, num_objects=NUM_CHAIRS
    )
    configs = {"chairs, in memory": chairs}
    for encoding in ("png", "jpeg"):
        shards = pathlib.Path(folder, encoding)
        prepare(chairs, str(shards), encoding=encoding, items_per_shard=NUM_CHAIRS)
        configs[f"chairs, {encoding} shards"] = dataclasses.replace(
            chairs, data_dir=str(shards)
        )
    for source in sources:
        preset, equals, data_dir = source.partition("=")
        if not equals:
            raise InputError(f"--source={source} has no '='; expected preset=data_dir.")
        data = choose(PRESETS, preset, "preset")().data
        configs[source] = dataclasses.replace(data, data_dir=data_dir)
    return configs


def _reader(config):
    """Return a function that reads a batch, after the first one has been read."""
    batches = iter(load_dataset(config, "train"))
    next(batches)
    return batches.__next__
