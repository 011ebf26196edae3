"""Presets: a whole configuration for each data set, by name.

Those named after a data set are the paper's, for a GPU; those that end with `_small`,
and `quickstart`, are for two CPU cores. Each docstring has the flags of
`python -m keras_drnet.train`, which also needs a `--run_dir`, and says what to expect.
"""

from collections.abc import Callable

from keras_drnet.config.presets import baselines, digits, paper, small
from keras_drnet.config.schema import Config

# Name to a function that returns a `Config`; its docstring says what to expect.
PRESETS: dict[str, Callable[[], Config]] = {
    preset.__name__: preset
    for preset in (
        digits.quickstart,
        paper.moving_mnist,
        paper.kth_64,
        paper.kth_128,
        paper.coil100,
        paper.chairs,
        paper.sprites,
        paper.video_folder,
        digits.moving_mnist_small,
        digits.moving_mnist_keypoints_small,
        small.kth_small,
        small.kth_unet_small,
        small.coil100_small,
        small.chairs_small,
        small.sprites_small,
        small.video_folder_small,
        small.tiny,
    )
}

# Name to a function that makes of DrNet's configuration that of a baseline.
BASELINES: dict[str, Callable[[Config], Config]] = {
    "mcnet": baselines.mcnet,
    "autoencoder_lstm": baselines.autoencoder_lstm,
}
