"""Baselines of DrNet, on the data of any preset."""

import dataclasses

from keras_drnet.config.schema import Config


def mcnet(config: Config) -> Config:
    """Return the configuration of MCNet on the same data.

    `model.num_filters` is the width of its first stage, as of DrNet's.
    """
    return dataclasses.replace(config, method="mcnet")


def autoencoder_lstm(config: Config) -> Config:
    """Return the configuration of an auto-encoder with an LSTM on its code.

    The same networks and training without the split: no content, a pose code as long
    as both codes together, no adversary. Places alone are not all of a frame: in the
    stead of `dcgan_keypoints` it has `dcgan`, and nothing is asked of how codes move.
    """
    model, drnet = config.model, config.drnet
    encoder = model.pose_encoder
    return dataclasses.replace(
        config,
        model=dataclasses.replace(
            model,
            content_encoder="none",
            pose_encoder="dcgan" if encoder == "dcgan_keypoints" else encoder,
            decoder="dcgan",
            content_dim=1,
            pose_dim=model.content_dim + model.pose_dim,
        ),
        drnet=dataclasses.replace(
            drnet,
            similarity_weight=0.0,
            steadiness_weight=0.0,
            adversarial_weight=0.0,
        ),
    )
