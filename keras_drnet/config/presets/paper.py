"""Presets with the networks, code lengths and settings of the paper.

Or, where it has none, of the authors' code; they are meant for a GPU. The paper's alpha
of 1 weighs sums of squares; as the losses here are means, `similarity_weight` is alpha
times content_dim over the numbers of a frame.
"""

from keras_drnet.config.presets import data
from keras_drnet.config.schema import Config, ModelConfig
from keras_drnet.config.stages import DrNetConfig, MCNetConfig


def moving_mnist() -> Config:
    """Moving MNIST with the authors' networks and settings, at 64x64.

    Flags: --preset=moving_mnist
    Time: not yet run. A step of 100 clips takes 1.1 to 1.4 seconds on two CPU cores
        (from the measured step of 32), so stage 1 some 40 hours: meant for a GPU.
    Figure: not yet run.
    """
    return Config(mcnet=MCNetConfig(adapt_color=True))


def kth_64() -> Config:
    """KTH at 64x64 with the paper's networks for KTH.

    Flags: --preset=kth_64 --data_dir=kth
    Time: not yet run; meant for a GPU.
    Figure: not yet run.
    """
    return Config(
        data=data.kth(image_size=64, clip_length=20),
        model=ModelConfig(
            content_encoder="vgg_unet",
            pose_encoder="resnet18",
            decoder="vgg_unet",
            pose_dim=5,
        ),
        drnet=DrNetConfig(similarity_weight=0.03),
    )


def kth_128() -> Config:
    """KTH at 128x128, the paper's size, with the paper's networks for KTH.

    Flags: --preset=kth_128 --data_dir=kth
    Time: not yet run; meant for a GPU.
    Figure: not yet run.
    """
    return kth_64().with_overrides(
        ["data.image_size=128", "drnet.similarity_weight=0.008"]
    )


def coil100() -> Config:
    """COIL-100 at 64x64 with the paper's networks for turning objects.

    Flags: --preset=coil100 --data_dir=coil-100
    Time: not yet run; meant for a GPU.
    Figure: not yet run.
    """
    return chairs()


def chairs() -> Config:
    """Turning chairs at 64x64 with the paper's networks for SUNCG.

    Without --data_dir the chairs are made up; with it they are meshes or SUNCG's
    pictures.

    Flags: --preset=chairs
    Time: not yet run; meant for a GPU. Drawing 280 chairs takes 2 minutes.
    Figure: not yet run.
    """
    return Config(
        data=data.turning(),
        model=ModelConfig(content_encoder="resnet18", pose_encoder="resnet18"),
    )


def sprites() -> Config:
    """Sprites at 64x64 with the authors' networks.

    Flags: --preset=sprites --data_dir=sprites
    Time: not yet run; meant for a GPU.
    Figure: not yet run.
    """
    return Config(data=data.sprites())


def video_folder() -> Config:
    """A folder of your own videos at 64x64, sampled at 8 frames a second.

    Flags: --preset=video_folder --data_dir=videos
    Time: not yet run; meant for a GPU.
    Figure: depends on the videos.
    """
    return Config(
        data=data.video_folder(),
        model=ModelConfig(content_encoder="dcgan_unet", decoder="dcgan_unet"),
    )
