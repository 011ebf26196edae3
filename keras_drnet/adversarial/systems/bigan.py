"""BiGAN and ALI: adversarial inference, a GAN with an encoder."""

import keras
from keras import ops

from keras_drnet.training.adversarial_model import AdversarialModel


@keras.saving.register_keras_serializable(package="keras_drnet")
class BiGAN(AdversarialModel):
    """A generator of examples from codes and an encoder, without reconstruction.

        V = E_x log D(x, E(x)) + E_z log(1 - D(G(z), z))

    D maximizes it, and with `"gradient_reversal"` E and G minimize it. With
    `"flipped_labels"`, which the papers use, they minimize the error of D at swapped
    labels. At the optimum both pairs have one distribution, so that E inverts G. All
    are updated simultaneously (section 3.4).

    With random codes, of an encoder that ends in `posteriors.GaussianPosterior`, this
    is **ALI**.

    Batches are dicts: `image`, `[B, ...]`.

    Example:

    ```python
    adversarial = AdversarialLoss(discriminator, JointPair(),
                                  objective="flipped_labels")
    bigan = BiGAN(encoder, generator, adversarial, UniformCube(50))
    bigan.compile(keras.optimizers.Adam(2e-4, beta_1=0.5),
                  keras.optimizers.Adam(2e-4, beta_1=0.5))
    bigan.fit(dataset, epochs=100)
    codes = bigan.predict(images)
    ```

    Differences: the discriminator has an optimizer of its own. The generator draws z
    alone; that of ALI may draw its output too.

    Sources: Donahue, Krähenbühl & Darrell, *Adversarial Feature Learning*, ICLR 2017;
    Dumoulin et al., *Adversarially Learned Inference*, ICLR 2017.
    """

    def __init__(
        self, encoder, generator, adversarial, prior, *, name="bigan", **kwargs
    ):
        """Hold the networks.

        Args:
            encoder: examples `[B, ...]` to codes `[B, D]`.
            generator: codes to examples.
            adversarial: `AdversarialLoss` with `JointPair`, whose adversary takes a
                tuple of examples and codes.
            prior: function of a number of examples to codes `[N, D]`: an object of
                `priors`, or a function that Keras can serialize.
            name: name of the model.
            **kwargs: see `AdversarialModel`.
        """
        super().__init__(adversarial, name=name, **kwargs)
        self.encoder = encoder
        self.generator = generator
        self.prior = prior

    @property
    def feature_variables(self):
        """The trainable variables of encoder and generator."""
        return self.encoder.trainable_variables + self.generator.trainable_variables

    def call(self, images, training=False):
        """Return codes `[B, D]`."""
        return self.encoder(images, training=training)

    def compute_losses(self, batch, *, training):
        images = batch["image"]
        codes = self.encoder(images, training=training)
        draws = self.prior(ops.shape(images)[0])
        generated = self.generator(draws, training=training)
        # There is no task: the adversarial loss alone trains both networks.
        return {"loss": ops.zeros(())}, {
            "features": ((images, codes), (generated, draws))
        }

    def get_config(self):
        """Return the arguments of the constructor."""
        serialize = keras.saving.serialize_keras_object
        return super().get_config() | {
            "encoder": serialize(self.encoder),
            "generator": serialize(self.generator),
            "prior": serialize(self.prior),
        }
