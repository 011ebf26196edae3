"""Prediction with a trained MCNet, a baseline in pixel space."""

import tensorflow as tf

from keras_drnet.inference.predictor import Predictor
from keras_drnet.models import mcnet_rollout
from keras_drnet.models.mcnet_networks import check_num_past


class MCNetPredictor(Predictor):
    """Predicts video in pixel space, reading back every frame that it generates.

    Attributes:
        networks: trained `MCNetNetworks`.
    """

    def __init__(self, networks):
        """Hold the networks.

        Args:
            networks: trained `MCNetNetworks`.
        """
        super().__init__(networks.frame_generator.output.shape[1:])
        self.networks = networks

    def _stream(self, past):
        # As a list, the observed frames have a static number in the graph.
        memory = self._observe(tf.unstack(past, axis=1))
        while True:
            frame, memory = self._step(memory)
            yield frame.numpy()

    def _check_video(self, past):
        past = super()._check_video(past)
        check_num_past(past.shape[1])
        return past

    @tf.function(reduce_retracing=True)
    def _observe(self, past):
        return mcnet_rollout.observe(self.networks, tf.stack(past, axis=1))

    @tf.function(reduce_retracing=True)
    def _step(self, memory):
        return mcnet_rollout.predict_next(self.networks, memory)
