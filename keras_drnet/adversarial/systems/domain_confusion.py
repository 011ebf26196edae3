"""Domain confusion: features by which every domain is as likely as another."""

import keras

from keras_drnet.adversarial.systems.dann import DANN


@keras.saving.register_keras_serializable(package="keras_drnet")
class DomainConfusion(DANN):
    """DANN's networks with a uniform target, in alternating steps.

        features:           L_label(source) + lambda * L_conf
        L_conf            = - sum_d 1/D log q_d
        domain classifier:  L_D = - sum_d [y = d] log q_d

    Gradient reversal vanishes where the domain classifier is confident and correct, and
    can push features over to the wrong domain; L_conf has its minimum where the domains
    are equally likely. Batches and arguments are those of `DANN`, the `AdversarialLoss`
    with the objective `"uniform_target"`.

    Example:

    ```python
    adversarial = AdversarialLoss(domain_classifier, GroupLabels(2),
                                  objective="uniform_target", weight=0.1)
    model = DomainConfusion(encoder, classifier, adversarial)
    ```

    Differences: the paper has a third loss, soft labels of the source for the few
    labeled examples of the target; here the target has no labels.

    Source: Tzeng, Hoffman, Darrell & Saenko, *Simultaneous Deep Transfer Across Domains
    and Tasks*, ICCV 2015.
    """

    def __init__(
        self,
        encoder,
        classifier,
        adversarial,
        *,
        alternating=True,
        name="domain_confusion",
        **kwargs,
    ):
        """Hold the networks; arguments as for `DANN`."""
        super().__init__(
            encoder,
            classifier,
            adversarial,
            alternating=alternating,
            name=name,
            **kwargs,
        )
