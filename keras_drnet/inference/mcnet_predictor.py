"""Prediction with a trained MCNet, to compare DrNet with."""

import tensorflow as tf

from keras_drnet.inference.predictor import Predictor
from keras_drnet.models import mcnet_rollout
from keras_drnet.models.mcnet_networks import check_num_past


class MCNetPredictor(Predictor):
    """Predicts video in pixel space: every generated frame is read again.

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
        self._observe = tf.function(self._observe_graph, reduce_retracing=True)
        self._step = tf.function(self._step_graph, reduce_retracing=True)

    def _stream(self, past):
        memory = self._observe(tf.unstack(past, axis=1))
        while True:
            frame, memory = self._step(memory)
            yield frame.numpy()

    def _check_video(self, past):
        past = super()._check_video(past)
        check_num_past(past.shape[1])
        return past

    def _observe_graph(self, past):
        # A list of frames: their number stays static when it changes between calls.
        return mcnet_rollout.observe(self.networks, tf.stack(past, axis=1))

    def _step_graph(self, memory):
        return mcnet_rollout.predict_next(self.networks, memory)
