"""ALFR: adversarial learned fair representations."""

import keras

from keras_drnet.adversarial.systems.fair_representation import FairRepresentation


@keras.saving.register_keras_serializable(package="keras_drnet")
class ALFR(FairRepresentation):
    """Features that predict input and target, but not the group.

        L = alpha * C(x, decoder(f)) + beta * D(s, adversary(f)) + gamma * E(y, y_hat)

    with features `f = encoder(x)`, C the squared error, mean over elements, E the
    cross-entropy of the predictor, and D minus that of the adversary. Encoder, decoder
    and predictor minimize L and the adversary maximizes it, in strictly alternating
    steps.

    Batches and weights are those of `FairRepresentation`.

    Example:

    ```python
    adversarial = AdversarialLoss(adversary, GroupLabels(2), weight=1.0)
    alfr = ALFR(encoder, predictor, adversarial, decoder=decoder,
                reconstruction_weight=0.1)
    alfr.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    alfr.fit(dataset, epochs=10)
    logits = alfr.predict(inputs)
    ```

    Differences: the error of the reconstruction is a mean over the elements of the
    input, so that alpha does not depend on their number. The two steps are on the same
    batch.

    Source: Edwards & Storkey, *Censoring Representations with an Adversary*, ICLR 2016.
    """

    def __init__(
        self,
        encoder,
        predictor,
        adversarial,
        *,
        decoder,
        alternating=True,
        name="alfr",
        **kwargs,
    ):
        """Hold the networks; arguments as for `FairRepresentation`."""
        super().__init__(
            encoder,
            predictor,
            adversarial,
            decoder=decoder,
            alternating=alternating,
            name=name,
            **kwargs,
        )
