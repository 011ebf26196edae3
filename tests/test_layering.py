"""Modules import only what stands before them, and all of them are installed."""

import tomllib

import pytest

from tests.support.imports import imports
from tests.support.paths import ROOT

ORDER = [
    "errors",
    "config_values",
    "config",
    "presets.data",
    "presets.paper",
    "presets.small",
    "presets.baselines",
    "presets",
    "precision",
    "data.clips",
    "data.factors",
    "data.images",
    "data.video",
    "data.kth",
    "data.video_folder",
    "data.observed",
    "data.sprites",
    "data.mesh_renderer",
    "data.obj_file",
    "data.solids",
    "data.chair_parts",
    "data.procedural_chairs",
    "data.rotating_objects",
    "data.digits",
    "data.usps",
    "data.adult",
    "data.moving_mnist",
    "data.sampling",
    "data.progress",
    "data.recorded",
    "data.storage",
    "data.files",
    "data.records",
    "data",
    "data.workers",
    "data.preparation",
    "models.blocks",
    "models.resnet",
    "models.content_encoder",
    "models.spatial_soft_argmax",
    "models.pose_encoder",
    "models.decoder",
    "models.batch_standardization",
    "models.scene_discriminator",
    "models.pose_lstm",
    "models.pose_discriminator",
    "models.conv_lstm",
    "models.frame_discriminator",
    "models.mcnet",
    "models",
    "losses",
    "pose_rollout",
    "mcnet_rollout",
    "training_step",
    "adversarial",
    "adversarial.schedules",
    "adversarial.adversarial_model",
    "adversarial.adversary_losses",
    "adversarial.contrasts",
    "adversarial.objectives",
    "adversarial.feature_loss",
    "adversarial.gradient_reversal",
    "adversarial.loss_sum",
    "averaging",
    "drnet",
    "pose_predictor",
    "joint_pose_predictor",
    "pose_refiner",
    "mcnet",
    "checkpoint",
    "pretrained",
    "run_folder",
    "predictor",
    "baselines",
    "generate",
    "mcnet_predictor",
    "methods",
    "metrics",
    "labels",
    "plots",
    "visualize",
    "neighbours",
    "samples",
    "figures",
    "comparison",
    "evaluation",
    "probing",
    "probing.codes",
    "probing.probes",
    "probing.scene_probe",
    "probing.judges",
    "probing.digit_judge",
    "probing.swaps",
    "probing.disentanglement",
    "adversarial.distributions",
    "adversarial.distributions.gaussian",
    "adversarial.distributions.likelihoods",
    "adversarial.distributions.random_layer",
    "adversarial.distributions.posteriors",
    "adversarial.distributions.priors",
    "adversarial.distributions.structured_posterior",
    "adversarial.measures",
    "adversarial.measures.binary_codes",
    "adversarial.measures.factor_score",
    "adversarial.measures.fairness",
    "adversarial.measures.importance",
    "adversarial.measures.leakage",
    "adversarial.measures.total_correlation",
    "adversarial.measures.two_sample",
    "adversarial.systems",
    "adversarial.systems.aae",
    "adversarial.systems.classification",
    "adversarial.systems.adda",
    "adversarial.systems.adversarial_debiasing",
    "adversarial.systems.fair_representation",
    "adversarial.systems.alfr",
    "adversarial.systems.avb",
    "adversarial.systems.bigan",
    "adversarial.systems.dann",
    "adversarial.systems.data_driven_fairness",
    "adversarial.systems.domain_confusion",
    "adversarial.systems.factor_vae",
    "adversarial.systems.laftr",
    "adversarial.systems.predictability_minimisation",
    "adversarial.systems.semi_supervised_aae",
    "adversarial.experiments",
    "adversarial.experiments.batches",
    "adversarial.experiments.networks",
    "adversarial.experiments.experiment",
    "adversarial.experiments.plot",
    "adversarial.experiments.record",
    "adversarial.experiments.digit_domains",
    "adversarial.experiments.adaptation",
    "adversarial.experiments.mnist_m",
    "adversarial.experiments.census",
    "adversarial.experiments.fairness",
    "adversarial.experiments.debiasing",
    "adversarial.experiments.factor_images",
    "adversarial.experiments.independence",
    "adversarial.experiments.digit_networks",
    "adversarial.experiments.inversion",
    "adversarial.experiments.priors",
    "adversarial.experiments.variational",
    "adversarial.experiments.registry",
    "adversarial.experiments.table",
    "reporting",
    "reporting.commands",
    "reporting.results",
    "reporting.tables",
    "reporting.code_tables",
    "reporting.html_page",
    "reporting.page",
    "reporting.markdown",
    "callbacks",
    "fitting",
    "training",
    "program",
    "prepare",
    "train",
    "generate_video",
    "evaluate",
    "release",
    "probe",
    "draw",
    "report",
    "benchmark",
    "adversarial.experiments.__main__",
]
# After all of keras_drnet but its programs.
EXPORT_ORDER = [
    "signatures",
    "metadata",
    "on_device",
    "flatbuffer",
    "split_decoder",
    "split_pose_lstm",
    "step_graph",
    "child",
    "quantize",
    "serving.api",
    "serving.warm_up",
    "serving.transport",
    "serving.rest_transport",
    "serving.grpc_transport",
    "serving.client",
    "to_saved_model",
    "to_tflite",
    "to_onnx",
    "parity",
    "measure",
    "model_card",
    "bundle",
    "plain_graph",
    "main",
    "benchmark",
    "serving_client",
]
PROGRAMS = ORDER[ORDER.index("program") + 1 :]


def file_of(name):
    path = ROOT / "keras_drnet" / name.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


FILES = {name: file_of(name) for name in ORDER}
EXPORT_FILES = {
    name: ROOT / "export" / f"{name.replace('.', '/')}.py" for name in EXPORT_ORDER
}


def test_every_module_has_its_place():
    found = set((ROOT / "keras_drnet").rglob("*.py"))
    assert found == {*FILES.values(), ROOT / "keras_drnet" / "__init__.py"}


def test_every_package_is_installed():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())
    folders = {
        path.parent.relative_to(ROOT).as_posix().replace("/", ".")
        for top in ("export", "keras_drnet")
        for path in (ROOT / top).rglob("__init__.py")
    }
    assert set(listed["tool"]["setuptools"]["packages"]) == folders


@pytest.mark.parametrize("name", ORDER)
def test_a_module_imports_only_what_stands_before_it(name):
    before = ORDER[: ORDER.index(name)]
    for imported in imports(FILES[name]):
        if not imported.startswith("keras_drnet."):
            continue
        inner = imported.removeprefix("keras_drnet.")
        assert any(inner == m or inner.startswith(f"{m}.") for m in before), imported


def test_every_module_of_the_export_has_its_place():
    found = {p for p in (ROOT / "export").rglob("*.py") if p.name != "__init__.py"}
    assert found == set(EXPORT_FILES.values())


@pytest.mark.parametrize("name", EXPORT_ORDER)
def test_an_export_module_imports_only_what_stands_before_it(name):
    before = EXPORT_ORDER[: EXPORT_ORDER.index(name)]
    for imported in imports(EXPORT_FILES[name]):
        package, _, inner = imported.partition(".")
        if package == "export":
            assert any(inner == m or inner.startswith(f"{m}.") for m in before), (
                imported
            )
        assert package != "keras_drnet" or inner.split(".")[0] not in PROGRAMS, imported


@pytest.mark.parametrize("name", ORDER)
def test_the_library_does_not_know_the_export(name):
    assert not any(i.split(".")[0] == "export" for i in imports(FILES[name]))


@pytest.mark.parametrize("name", [n for n in ORDER if n.startswith("models")])
def test_networks_run_on_any_backend(name):
    assert not any(i.split(".")[0] == "tensorflow" for i in imports(FILES[name]))


@pytest.mark.parametrize("name", ["losses", "pose_rollout", "mcnet_rollout"])
def test_so_do_losses_and_roll_outs(name):
    assert not any(i.split(".")[0] == "tensorflow" for i in imports(FILES[name]))
