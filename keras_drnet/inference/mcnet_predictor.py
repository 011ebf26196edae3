"""Prediction with a trained MCNet, a baseline in pixel space."""

from collections.abc import Iterator
from typing import Any

import tensorflow as tf
from numpy.typing import ArrayLike

from keras_drnet.inference.predictor import Frames, Predictor
from keras_drnet.models import mcnet_rollout
from keras_drnet.models.mcnet_networks import MCNetNetworks, check_num_past

Memory = Any  # Nested tuples of tensors; see `mcnet_rollout.observe`.


class MCNetPredictor(Predictor):
    """Predicts video in pixel space, reading back every frame that it generates.

    Attributes:
        networks: trained `MCNetNetworks`.
    """

    def __init__(self, networks: MCNetNetworks) -> None:
        """Hold the networks.

        Args:
            networks: trained `MCNetNetworks`.
        """
        super().__init__(networks.frame_generator.output.shape[1:])
        self.networks = networks

    def _stream(self, past: tf.Tensor) -> Iterator[Frames]:
        # As a list, the observed frames have a static number in the graph.
        memory = self._observe(tf.unstack(past, axis=1))
        while True:
            frame, memory = self._step(memory)
            yield frame.numpy()

    def _check_video(self, past: ArrayLike) -> tf.Tensor:
        video = super()._check_video(past)
        check_num_past(video.shape[1])
        return video

    @tf.function(reduce_retracing=True)
    def _observe(self, past: list[tf.Tensor]) -> Memory:
        return mcnet_rollout.observe(self.networks, tf.stack(past, axis=1))

    @tf.function(reduce_retracing=True)
    def _step(self, memory: Memory) -> tuple[tf.Tensor, Memory]:
        frame, memory = mcnet_rollout.predict_next(self.networks, memory)
        return frame, memory
