"""The manifest for Kubernetes fits the image and the routes of the site."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from dash_app.settings import Settings
from tests.containers.image import REPOSITORY, read_stages
from tests.sites import open_site

pytestmark = pytest.mark.containers


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    documents = yaml.safe_load_all((REPOSITORY / "ops" / "kubernetes.yml").read_text())
    return {document["kind"]: document for document in documents}


@pytest.fixture(scope="module")
def pod(manifest: dict[str, Any]) -> Any:
    return manifest["Deployment"]["spec"]["template"]["spec"]


def test_it_runs_the_image_as_the_image_is_made(pod: Any) -> None:
    stage = read_stages()[-1]
    (container,) = pod["containers"]
    (port,) = container["ports"]

    assert str(port["containerPort"]) == stage.environment()["PORT"]
    user, group = stage.texts("USER")[-1].split(":")
    assert pod["securityContext"]["runAsUser"] == int(user)
    assert pod["securityContext"]["runAsGroup"] == int(group)
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    written = {mount["mountPath"] for mount in container["volumeMounts"]}
    assert written == {stage.texts("VOLUME")[-1], "/tmp"}  # noqa: S108


def test_its_environment_is_one_that_the_site_takes(pod: Any, manifest: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    environment = {entry["name"]: entry["value"] for entry in container["env"]}
    environment |= manifest["Secret"]["stringData"]

    settings = Settings.from_environment(environment)

    assert {name.lower() for name in environment} <= Settings.model_fields.keys()
    assert settings.broker == "kafka"
    # Services of this name would set variables that begin like the site's own.
    assert pod["enableServiceLinks"] is False


def test_its_probes_take_no_pod_away_while_kafka_is(tmp_path: Path, pod: Any) -> None:
    (container,) = pod["containers"]
    away = Settings(
        kafka_bootstrap_servers="127.0.0.1:9", clicks_db=tmp_path / "unused", url_prefix="/live"
    )
    with open_site(away) as site:
        client = site.client
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            asked = container[probe]["httpGet"]
            assert asked["port"] == "http"
            assert client.get(asked["path"]).status_code == 200
        assert client.get("/readyz").status_code == 503


def test_the_service_leads_to_the_pods(manifest: dict[str, Any]) -> None:
    labels = manifest["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert manifest["Service"]["spec"]["selector"] == labels
    assert manifest["Deployment"]["spec"]["selector"]["matchLabels"] == labels
