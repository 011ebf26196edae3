"""LAFTR: learned adversarially fair and transferable representations."""

import keras

from keras_drnet.adversarial.systems.fair_representation import FairRepresentation


@keras.saving.register_keras_serializable(package="keras_drnet")
class LAFTR(FairRepresentation):
    """Features of which any classifier, even one unaware of groups, is nearly fair.

        min over encoder, decoder, predictor, max over the adversary:
        L_C(y, predictor(f)) + beta * L_Dec(x, decoder(f, a)) + gamma * L_Adv

    with features `f = encoder(x)` and a the group. L_Adv is one less the sum of the
    adversary's L1 errors, a mean for each group, and bounds how unfair a classifier of
    the features can be:

        parity:       1 - sum_a mean_{D_a} |h(f) - a|
        odds:         2 - sum_{a,y} mean_{D_a,y} |h(f, y) - a|
        opportunity:  1 - sum_a mean_{D_a,1} |h(f) - a|

    These are `adversary_loss="absolute_error"` with `GroupLabels(balanced=True)` of the
    notion. The mean over groups that an `AdversarialLoss` takes is 1/2 of the sum for
    parity and opportunity, and 1/4 for odds: its weight is 2 gamma or 4 gamma.

    Batches and weights are those of `FairRepresentation`.

    Example:

    ```python
    adversarial = AdversarialLoss(adversary, GroupLabels(2, balanced=True),
                                  adversary_loss="absolute_error", weight=2.0)
    laftr = LAFTR(encoder, predictor, adversarial)
    laftr.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3))
    laftr.fit(dataset, epochs=10)
    features = laftr.encoder.predict(inputs)
    ```

    Differences: L_C is the cross-entropy; the authors' code has L1 here too. Their
    encoder takes the group with the input: put it in `input` for that. Opportunity is
    that of target 1; in their code it is that of target 0. Labels are of any number of
    groups.

    Source: Madras, Creager, Pitassi & Zemel, *Learning Adversarially Fair and
    Transferable Representations*, ICML 2018.
    """

    def __init__(
        self,
        encoder,
        predictor,
        adversarial,
        *,
        decoder=None,
        alternating=True,
        name="laftr",
        **kwargs,
    ):
        """Hold the networks.

        Args:
            encoder: see `FairRepresentation`.
            predictor: see `FairRepresentation`.
            adversarial: see `FairRepresentation`.
            decoder: features and groups to inputs; groups are the adversary's labels,
                `[B, 1]` for two groups, else one-hot `[B, K]`. `None`, no
                reconstruction.
            alternating: see `AdversarialModel`.
            name: name of the model.
            **kwargs: see `FairRepresentation`.

        Raises:
            InputError: as `FairRepresentation`.
        """
        super().__init__(
            encoder,
            predictor,
            adversarial,
            decoder=decoder,
            alternating=alternating,
            name=name,
            **kwargs,
        )

    def _decode(self, features, batch, *, training):
        inputs = self._adversary_inputs(batch, features, training=training)
        group = self.adversarial.contrast.adversary_examples(**inputs).labels
        return self.decoder((features, group), training=training)
