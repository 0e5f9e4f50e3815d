# SPDX-License-Identifier: Apache-2.0
"""Checks the local environments without starting them."""

import re
import shutil
import subprocess

import pytest
import yaml

from availability import unavailable
from stack import INFRA

LOCAL = INFRA / "local"
COMPOSE = yaml.safe_load((LOCAL / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]

every_service = pytest.mark.parametrize("name", SERVICES)


def compose_program():
    if shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0:
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


def test_compose_accepts_the_file(tmp_path):
    program = compose_program()
    if program is None:
        unavailable("docker compose is not installed")
    shutil.copytree(LOCAL, tmp_path / "local", ignore=shutil.ignore_patterns("target"))
    shutil.copytree(INFRA / "redis", tmp_path / "redis")
    subprocess.run([tmp_path / "local/secrets"], check=True)

    result = subprocess.run([*program, "config", "--quiet"], cwd=tmp_path / "local", capture_output=True, text=True)

    assert (result.returncode, result.stderr) == (0, "")


def test_compose_has_redis_the_server_prometheus_and_grafana():
    assert set(SERVICES) == {"redis", "server", "prometheus", "grafana"}


@every_service
def test_a_service_runs_without_privileges(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"] and "privileged" not in service


@every_service
def test_a_service_listens_on_loopback_only(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name]["ports"])


@every_service
def test_images_match_the_env_file_and_have_a_fixed_tag(name):
    variable, default = re.fullmatch(r"\$\{(\w+):-(.+)}", SERVICES[name]["image"]).groups()
    named = dict(re.findall(r"^(\w+)=(.*)$", (LOCAL / ".env").read_text(), re.M))

    assert named[variable] == default
    assert ":" in default and not default.endswith(":latest")


@every_service
def test_every_mounted_file_is_in_the_repository_or_created_by_the_script(name):
    made = (LOCAL / "secrets").read_text()
    for volume in SERVICES[name].get("volumes", []):
        place = volume.split(":")[0]
        if place.startswith("./target/"):
            assert place.removeprefix("./") in made, place
        elif place.startswith("."):
            assert (LOCAL / place).exists(), place
        else:
            assert place in COMPOSE["volumes"]


def test_redis_has_a_data_volume_and_a_health_check():
    redis = SERVICES["redis"]

    assert "redis-data:/data" in redis["volumes"] and redis["working_dir"] == "/data"
    assert redis["healthcheck"]["test"][-1] == "ping" and "--tls" in redis["healthcheck"]["test"]
    assert SERVICES["server"]["depends_on"]["redis"]["condition"] == "service_healthy"


def test_the_container_of_redis_has_more_memory_than_its_limit():
    (limit,) = re.findall(r"^maxmemory (\d+)mb$", (INFRA / "redis/redis.conf").read_text(), re.M)

    assert int(SERVICES["redis"]["mem_limit"].removesuffix("m")) >= 1.5 * int(limit)
    assert SERVICES["redis"]["memswap_limit"] == SERVICES["redis"]["mem_limit"]


def test_the_certificate_is_valid_for_the_host_of_the_redis_url(tmp_path):
    shutil.copytree(LOCAL, tmp_path / "local", ignore=shutil.ignore_patterns("target"))
    shutil.copytree(INFRA / "redis", tmp_path / "redis")
    subprocess.run([tmp_path / "local/secrets"], check=True)
    made = tmp_path / "local/target"
    names = subprocess.run(
        ["openssl", "x509", "-in", made / "tls/redis.crt", "-noout", "-ext", "subjectAltName"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    host = re.search(r"rediss://gatehouse:\w+@([\w.]+):6379", (made / "gatehouse.env").read_text())[1]

    assert f"DNS:{host}" in names and host in SERVICES
    subprocess.run(
        ["openssl", "verify", "-CAfile", made / "tls/ca.crt", made / "tls/redis.crt"], check=True, capture_output=True
    )
    for secret in ("gatehouse.env", "caller.env", "ca.key"):
        assert (made / secret).stat().st_mode & 0o077 == 0, secret
    before = (made / "gatehouse.env").read_text()
    subprocess.run([tmp_path / "local/secrets"], check=True)
    assert (made / "gatehouse.env").read_text() == before, "existing secrets are kept"
    subprocess.run([tmp_path / "local/secrets", "--renew"], check=True)
    assert (made / "gatehouse.env").read_text() != before


def test_no_file_of_the_repository_contains_a_secret():
    for file in LOCAL.rglob("*"):
        if file.is_file() and "target" not in file.relative_to(LOCAL).parts:
            assert not re.search(r"(?i)(password|secret|token|key)=[^\s$%']*[0-9a-f]{16}", file.read_text()), file


def test_prometheus_scrapes_the_server_where_it_listens():
    scrape = yaml.safe_load((LOCAL / "prometheus/prometheus.yaml").read_text())
    settings = dict(re.findall(r"^(\w+)=(.*)$", (LOCAL / "server.env").read_text(), re.M))
    (job,) = scrape["scrape_configs"]

    assert job["static_configs"][0]["targets"] == [f"server:{settings['MICRONAUT_SERVER_PORT']}"]
    assert settings["MICRONAUT_SERVER_HOST"] == "0.0.0.0"
    mounted = [volume.split(":")[1] for volume in SERVICES["prometheus"]["volumes"]]
    assert {f"/etc/prometheus/{file}" for file in scrape["rule_files"]} <= set(mounted)


def test_grafana_loads_its_data_source_and_its_dashboards():
    source = yaml.safe_load((LOCAL / "grafana/datasource.yaml").read_text())["datasources"][0]
    provider = yaml.safe_load((LOCAL / "grafana/dashboards.yaml").read_text())["providers"][0]
    mounted = [volume.split(":")[1] for volume in SERVICES["grafana"]["volumes"]]

    assert source["url"] == "http://prometheus:9090"
    assert provider["options"]["path"] in mounted


def test_sam_replaces_the_redis_variables_and_the_architecture_of_the_template(tmp_path):
    edits = re.search(r"^sed (.*?) template\.yaml >", (LOCAL / "sam").read_text(), re.M | re.S)[1]
    script = f"architecture=x86_64; sed {edits} {INFRA / 'template.yaml'} >{tmp_path / 'template.yaml'}"
    subprocess.run(["bash", "-euc", script], check=True, cwd=INFRA)
    made = (tmp_path / "template.yaml").read_text()

    assert "Architectures: [x86_64]" in made and "arm64" not in made
    assert made.count("        REDIS_URL: in env.json\n") == 1
    assert not re.search(r"^        REDIS_(?!URL)\w+:", made, re.M)
    assert "CodeUri: ../" not in made
