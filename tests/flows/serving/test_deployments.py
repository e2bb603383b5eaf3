"""What a worker offers is what `cutover-recon serve` offers."""

import importlib
from pathlib import Path

import yaml

from flows.serving.deployments import FLOWS, described

DECLARED = Path(__file__).parents[3] / "prefect.yaml"


def test_prefect_yaml_declares_the_flows_that_are_served():
    declared = yaml.safe_load(DECLARED.read_text("utf-8"))["deployments"]
    served = {one.flow.name: described(one.flow) for one in FLOWS}
    assert {one["name"] for one in declared} == set(served)
    for one in declared:
        file, _, name = one["entrypoint"].partition(":")
        module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
        assert getattr(module, name).name == one["name"]
        assert served[one["name"]].replace("`", "").startswith(one["description"])
        assert one["work_pool"] == {"name": "cutover-recon"}


def test_prefect_yaml_lets_as_many_runs_go_on_at_once():
    declared = yaml.safe_load(DECLARED.read_text("utf-8"))["deployments"]
    limits = {one["name"]: one.get("concurrency_limit") for one in declared}
    assert limits == {
        one.flow.name: one.at_once and {"limit": 1, "collision_strategy": one.at_once.value}
        for one in FLOWS
    }
