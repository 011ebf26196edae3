"""StructuredPosterior: a flexible posterior whose moments are known."""

import keras
from keras import ops

from keras_drnet.adversarial.distributions.random_layer import RandomLayer
from keras_drnet.checks.arrays import check_positive
from keras_drnet.checks.numbers import check_count
from keras_drnet.errors import InputError


@keras.saving.register_keras_serializable(package="keras_drnet")
class StructuredPosterior(RandomLayer):
    """Draws a code, and returns the mean and deviation of its distribution.

        z = z_0(x) + sum_i a_i(x) * v_i(eps_i)

    with `*` by element, eps_i independent normal noise and v_i a small network each. As
    these do not depend on the example, their moments are the same for a whole batch,
    and are estimated over it:

        E z = z_0 + sum_i a_i * E v_i,    Var z = sum_i a_i^2 * Var v_i

    Takes `[B, (1 + num_bases) * D]`, z_0 and then the a_i. Returns three tensors
    `[B, D]`: codes, their means and their standard deviations, for `avb.AVB` with
    adaptive contrast. It draws in and out of training.

    Moments need large batches: a divergence that is computed from them is off by about
    `D / B` nats.

    Source: Mescheder, Nowozin & Geiger, *Adversarial Variational Bayes*, ICML 2017, and
    the authors' code.
    """

    def __init__(
        self,
        num_bases,
        *,
        noise_dim=4,
        hidden_dim=32,
        epsilon=1e-6,
        seed=None,
        **kwargs,
    ):
        """Set the form.

        Args:
            num_bases: number of the v_i, at least 1.
            noise_dim: elements of each eps_i, at least 1.
            hidden_dim: units of the hidden layer of each v_i; 0: v_i is linear, and
                the posterior Gaussian with correlated elements.
            epsilon: minimum of the variance, above 0, keeps the reciprocal finite.
            seed: seed of the noise; `None` for a random one.
            **kwargs: arguments of `keras.layers.Layer`.

        Raises:
            InputError: a number is too small; or in `build`, if the parameters cannot
                be split so.
        """
        check_count(num_bases, "num_bases")
        check_count(noise_dim, "noise_dim")
        check_count(hidden_dim, "hidden_dim", least=0)
        check_positive(epsilon, "epsilon")
        super().__init__(seed, **kwargs)
        self.num_bases = num_bases
        self.noise_dim = noise_dim
        self.hidden_dim = hidden_dim
        self.epsilon = epsilon

    def build(self, input_shape):
        """Create the networks v_i."""
        size, num_parts = input_shape[-1], 1 + self.num_bases
        if size % num_parts:
            raise InputError(
                f"StructuredPosterior got {size} parameters; expected a multiple of "
                f"{num_parts}, one part for the center and one for each "
                f"of the {self.num_bases} bases."
            )
        self.bases = keras.Sequential([keras.Input((self.num_bases, self.noise_dim))])
        if self.hidden_dim:
            self.bases.add(self._layer(self.hidden_dim, "elu"))
        self.bases.add(self._layer(size // num_parts))

    def call(self, parameters):
        """Return codes, means and standard deviations, `[B, D]` each."""
        batch_size = ops.shape(parameters)[0]
        center, *scales = ops.split(parameters, 1 + self.num_bases, axis=-1)
        scales = ops.stack(scales, axis=1)
        noise = keras.random.normal(
            (batch_size, self.num_bases, self.noise_dim),
            dtype=parameters.dtype,
            seed=self.seed_generator,
        )
        bases = self.bases(noise)
        codes = center + ops.sum(scales * bases, axis=1)
        means = center + ops.sum(scales * ops.mean(bases, axis=0), axis=1)
        variances = ops.sum(ops.square(scales) * ops.var(bases, axis=0), axis=1)
        return codes, means, ops.sqrt(variances + self.epsilon)

    def get_config(self):
        """Return the arguments of the constructor."""
        return super().get_config() | {
            "num_bases": self.num_bases,
            "noise_dim": self.noise_dim,
            "hidden_dim": self.hidden_dim,
            "epsilon": self.epsilon,
        }

    def _layer(self, units, activation=None):
        """Return a dense layer with weights of its own for each of the v_i."""
        return keras.layers.EinsumDense(
            "bvi,vio->bvo",
            output_shape=(self.num_bases, units),
            activation=activation,
            bias_axes="vo",
        )
