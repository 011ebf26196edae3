"""What every format of a bundle is written from, and compared with."""

import dataclasses

import numpy as np

from keras_drnet.checkpoints.run_folder import RunFolder
from keras_drnet.config.schema import Config
from keras_drnet.data.load import load_source
from keras_drnet.data.pipeline.sampling import clip_frames

from . import drift, parity
from .graph.step_graph import StepGraph

NUM_CLIPS = 8  # Test clips whose roll-outs are compared.


@dataclasses.dataclass(frozen=True)
class Prepared:
    """A loaded run and what Keras predicts for a few test clips.

    Attributes:
        run: the `RunFolder`.
        config: its `Config`.
        graph: the `StepGraph` of its networks.
        functions: functions of the graph for batches of any size.
        reference: observed frames, and the roll-out of the Keras networks after them.
        golden: inputs and outputs of every function for the first clip: see
            `parity.golden`.
    """

    run: RunFolder
    config: Config
    graph: StepGraph
    functions: dict[str, object]
    reference: drift.Reference
    golden: dict[str, np.ndarray]

    def signatures(self, functions):
        """Return the `Signatures` of functions of the graph."""
        name = self.run.name
        return self.graph.signatures(functions, self.config.data, name)


def prepare(run, data_dir=None):
    """Load a run, build its step graph and roll out its networks.

    Args:
        run: a `RunFolder`, trained.
        data_dir: data directory; `None` for the one in the run's configuration.

    Returns:
        A `Prepared`.

    Raises:
        InputError: the run or its data cannot be read.
    """
    run.check_method("drnet", "be exported")
    config = run.config(data_dir=data_dir)
    networks = run.load_networks()
    num_past = config.data.num_past
    graph = StepGraph(networks, num_past)
    functions = graph.functions()
    past = clip_frames(load_source(config, "test"), 0, NUM_CLIPS)[:, :num_past]
    return Prepared(
        run=run,
        config=config,
        graph=graph,
        functions=functions,
        reference=drift.roll_out(networks, graph.state_names, past),
        golden=parity.golden(networks, graph, functions, past[:1]),
    )
