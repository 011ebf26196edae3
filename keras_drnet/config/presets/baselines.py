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
    as both codes together, no adversary. Positions alone are not all of a frame: in
    the stead of `dcgan_keypoints` or `parts` it has `dcgan`, and nothing is asked of
    how codes move.
    """
    model, drnet = config.model, config.drnet
    finds_positions = model.pose_encoder in ("dcgan_keypoints", "parts")
    return dataclasses.replace(
        config,
        model=dataclasses.replace(
            model,
            content_encoder="none",
            pose_encoder="dcgan" if finds_positions else model.pose_encoder,
            decoder="dcgan",
            content_dim=1,
            pose_dim=model.content_dim + model.pose_dim,
            num_content_frames=1,
            lstm_per_part=False,
        ),
        drnet=dataclasses.replace(
            drnet,
            similarity_weight=0.0,
            steadiness_weight=0.0,
            decorrelation_weight=0.0,
            adversarial_weight=0.0,
        ),
    )
