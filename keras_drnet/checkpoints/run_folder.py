"""Run folder: configuration and checkpoints of all stages.

    run/
      config.json                     the `Config`, written before training
      drnet/step_00000500/            a checkpoint of stage 1: see `checkpoint`
      pose/step_00000200/             one of stage 2
      joint/step_00000500/            of both together, where it was asked for
      rollout/step_00000100/          of long roll-outs, where it was asked for
      mcnet/step_00001000/            or, for that method, of its only stage

Generation, evaluation and export need nothing else.
"""

import pathlib

from keras_drnet import pretrained
from keras_drnet.checkpoints import hub
from keras_drnet.checkpoints.checkpoint import Checkpoints
from keras_drnet.config.schema import Config
from keras_drnet.errors import InputError
from keras_drnet.models.networks import build_networks, count_weights, own_weights
from keras_drnet.storage.files import UNFINISHED, write_text

CONFIG_FILE = "config.json"


class RunFolder:
    """A run on the disk.

    Attributes:
        path: the folder.
        argument: what a `--run_dir` calls it.
        is_released: whether it is a packaged run or one on the Hub: nothing is written
            to its folder.
    """

    def __init__(self, path):
        """Set the folder.

        Args:
            path: a folder; or `pretrained:<name>` for a run that comes with the
                package; or `hf://<owner>/<name>`, also with `@<revision>`, for one on
                the Hugging Face Hub, which is fetched.

        Raises:
            InputError: there is no run of that name, or it cannot be fetched.
        """
        self.argument = str(path)
        self.is_released = True
        self._config = None
        if self.argument.startswith(pretrained.PREFIX):
            self._name = self.argument.removeprefix(pretrained.PREFIX)
            path = pretrained.find(self._name)
        elif self.argument.startswith(hub.PREFIX):
            address = hub.parse(self.argument)
            self._name = address.name
            path = hub.fetch(address)
        else:
            self.is_released = False
        self.path = pathlib.Path(path)

    @property
    def name(self):
        """The run's name: its folder's or, if it is released, the one it has there."""
        return self._name if self.is_released else self.path.resolve().name

    def output_path(self, name):
        """Return the path for a derived file or folder.

        It is in the run's folder; for a released run, in a folder of the run's name in
        the current one.
        """
        return pathlib.Path(self._name if self.is_released else self.path) / name

    def find(self, name):
        """Return the path of a derived file.

        The local copy if there is one, else the released one.
        """
        made = self.output_path(name)
        return made if made.exists() else self.path / name

    def exists(self):
        """Return whether the folder holds a run."""
        return (self.path / CONFIG_FILE).is_file()

    def create(self, config):
        """Write the configuration into a new folder.

        Raises:
            InputError: the folder cannot be written, or has other files in it.
        """
        if self.is_released:
            raise InputError(
                f"Cannot write to {self.argument}: it is a released run. Choose a new "
                "folder."
            )
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            names = {path.name for path in self.path.iterdir()}
            if names - {f"{CONFIG_FILE}{UNFINISHED}"}:
                raise InputError(
                    f"{self.path} is not empty; choose a new folder, or an empty one."
                )
            write_text(self.path / CONFIG_FILE, config.to_json())
        except OSError as error:
            raise InputError(
                f"Cannot create the run folder {self.path}: {error.strerror}."
            ) from error
        self._config = config

    def config(self, *, data_dir=None):
        """Return the run's configuration; its file is read once.

        Args:
            data_dir: data directory; `None` = the one used for training.

        Raises:
            InputError: the folder holds no run, or its configuration is damaged.
        """
        if self._config is None:
            self._config = self._read_config()
        if data_dir is None:
            return self._config
        return self._config.with_overrides([f"data.data_dir={data_dir}"])

    def _read_config(self):
        if not self.exists():
            todo = "Train with --run_dir first, or correct the path."
            if self.argument in pretrained.names():
                todo = f"The packaged run is {pretrained.PREFIX}{self.argument}."
            raise InputError(
                f"{self.path} is not a run folder: it has no {CONFIG_FILE}. {todo}"
            )
        try:
            text = (self.path / CONFIG_FILE).read_text(encoding="utf-8")
            return Config.from_json(text)
        except (OSError, UnicodeDecodeError, InputError) as error:
            raise InputError(f"Cannot read {self.path / CONFIG_FILE}: {error}") from (
                error
            )

    def stages(self):
        """Return the names of the run's stages, in the order of their training."""
        return self.config().stages

    def last_weights(self, networks):
        """Group networks' weights by the last stage that trains them.

        Args:
            networks: the method's networks: see `models.networks.build_networks`.

        Returns:
            A dict of stages, in their order, to what `stage_weights` returns, less the
            networks that later stages train further. A stage of which none is left is
            not in it.
        """
        config = self.config()
        last = {
            n: stage for stage in config.stages for n in config.stage(stage).networks
        }
        return {
            stage: {n: own_weights(networks, n) for n in last if last[n] == stage}
            for stage in config.stages
            if stage in last.values()
        }

    def checkpoints(self, stage):
        """Return the `Checkpoints` of a stage, one of `stages()`."""
        return Checkpoints(self.path / stage)

    def check_method(self, method, purpose):
        """Check the method of the run.

        Args:
            method: the method that is needed.
            purpose: what it is needed for, as in "be exported".

        Raises:
            InputError: the run is one of another method.
        """
        found = self.config().method
        if found != method:
            raise InputError(
                f"{self.path} is a run of method {found!r}; only one of method "
                f"{method!r} can {purpose}."
            )

    def load_networks(self, *, dtype="float32"):
        """Build the networks with the run's newest weights.

        Args:
            dtype: dtype policy of the networks.

        Returns:
            The method's networks: see `models.networks.build_networks`.

        Raises:
            InputError: a stage has no checkpoint yet, or the checkpoints are damaged or
                of another configuration.
        """
        if self.is_released:
            self._check_size()
        networks = build_networks(self.config(), dtype=dtype)
        self.restore(networks)
        return networks

    def restore(self, networks):
        """Set the weights of networks to the run's newest.

        Args:
            networks: the method's networks, of the run's configuration.

        Raises:
            InputError: as `load_networks`.
        """
        for stage, trained in self.last_weights(networks).items():
            if not self.checkpoints(stage).restore(trained):
                raise InputError(
                    f"{self.path} has no checkpoint of stage {stage!r} yet; train it "
                    f"with: python -m keras_drnet.train --run_dir={self.path}"
                )

    def _check_size(self):
        """Check that the networks have no more weights than the files have bytes.

        Before they are built: a configuration that somebody else wrote may ask for any
        amount of memory.
        """
        num_weights = sum(count_weights(self.config()).values())
        files = self.path.glob("*/step_*/*.npz")
        num_bytes = sum(file.stat().st_size for file in files)
        if num_weights > num_bytes:
            raise InputError(
                f"{self.argument} cannot be loaded: its configuration is one of "
                f"{num_weights:,} weights, but its checkpoints have {num_bytes:,} "
                "bytes; expected a whole run, as python -m keras_drnet.release writes."
            )


def stage_weights(networks, stage):
    """Return the weights of the networks that a stage trains, lists by network."""
    return {n: own_weights(networks, n) for n in Config().stage(stage).networks}
