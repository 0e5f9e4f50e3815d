"""The local environments, as far as they can be judged without starting them."""

import re
import shutil
import subprocess

import pytest
import yaml

from stack import INFRA

LOCAL = INFRA / "local"
COMPOSE = yaml.safe_load((LOCAL / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]

every_service = pytest.mark.parametrize("name", SERVICES)


def compose_program():
    if shutil.which("docker") and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0:
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


def test_compose_takes_the_file(tmp_path):
    program = compose_program()
    if program is None:
        pytest.skip("no docker compose here")
    shutil.copytree(LOCAL, tmp_path / "local", ignore=shutil.ignore_patterns("target"))
    shutil.copytree(INFRA / "redis", tmp_path / "redis")
    subprocess.run([tmp_path / "local/secrets"], check=True)

    said = subprocess.run([*program, "config", "--quiet"], cwd=tmp_path / "local", capture_output=True, text=True)

    assert (said.returncode, said.stderr) == (0, "")


def test_what_is_there_is_what_was_wanted():
    assert set(SERVICES) == {"redis", "server", "prometheus", "grafana"}


@every_service
def test_a_service_may_no_more_than_it_needs(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["mem_limit"] and "privileged" not in service


@every_service
def test_a_service_is_reached_from_this_machine_only(name):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name]["ports"])


@every_service
def test_images_are_those_of_the_env_file_and_of_no_moving_tag(name):
    variable, default = re.fullmatch(r"\$\{(\w+):-(.+)}", SERVICES[name]["image"]).groups()
    named = dict(re.findall(r"^(\w+)=(.*)$", (LOCAL / ".env").read_text(), re.M))

    assert named[variable] == default
    assert ":" in default and not default.endswith(":latest")


@every_service
def test_what_is_mounted_is_here_or_made_by_the_script(name):
    made = (LOCAL / "secrets").read_text()
    for volume in SERVICES[name].get("volumes", []):
        place = volume.split(":")[0]
        if place.startswith("./target/"):
            assert place.removeprefix("./") in made, place
        elif place.startswith("."):
            assert (LOCAL / place).exists(), place
        else:
            assert place in COMPOSE["volumes"]


def test_redis_keeps_its_data_on_a_volume_and_is_asked_how_it_is():
    redis = SERVICES["redis"]

    assert "redis-data:/data" in redis["volumes"] and redis["working_dir"] == "/data"
    assert redis["healthcheck"]["test"][-1] == "ping" and "--tls" in redis["healthcheck"]["test"]
    assert SERVICES["server"]["depends_on"]["redis"]["condition"] == "service_healthy"


def test_redis_has_room_beside_its_limit():
    (limit,) = re.findall(r"^maxmemory (\d+)mb$", (INFRA / "redis/redis.conf").read_text(), re.M)

    assert int(SERVICES["redis"]["mem_limit"].removesuffix("m")) >= 1.5 * int(limit)
    assert SERVICES["redis"]["memswap_limit"] == SERVICES["redis"]["mem_limit"]


def test_the_server_finds_redis_by_the_certificates_name(tmp_path):
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
    assert (made / "gatehouse.env").read_text() == before, "what is there is kept"
    subprocess.run([tmp_path / "local/secrets", "--renew"], check=True)
    assert (made / "gatehouse.env").read_text() != before


def test_no_secret_is_in_a_file_of_the_repository():
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


def test_grafana_is_given_its_source_and_its_dashboards():
    source = yaml.safe_load((LOCAL / "grafana/datasource.yaml").read_text())["datasources"][0]
    provider = yaml.safe_load((LOCAL / "grafana/dashboards.yaml").read_text())["providers"][0]
    mounted = [volume.split(":")[1] for volume in SERVICES["grafana"]["volumes"]]

    assert source["url"] == "http://prometheus:9090"
    assert provider["options"]["path"] in mounted


def test_sam_runs_the_template_with_a_way_to_redis_of_its_own(tmp_path):
    """What infra/local/sam makes of the template is still one, with the variables that it fills in."""
    edits = re.search(r"^sed (.*?) template\.yaml >", (LOCAL / "sam").read_text(), re.M | re.S)[1]
    script = f"architecture=x86_64; sed {edits} {INFRA / 'template.yaml'} >{tmp_path / 'template.yaml'}"
    subprocess.run(["bash", "-euc", script], check=True, cwd=INFRA)
    made = (tmp_path / "template.yaml").read_text()

    assert "Architectures: [x86_64]" in made and "arm64" not in made
    assert made.count("        REDIS_URL: in env.json\n") == 1
    assert not re.search(r"^        REDIS_(?!URL)\w+:", made, re.M)
    assert "CodeUri: ../" not in made
