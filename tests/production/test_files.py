"""What the Dockerfile, .dockerignore and docker-compose.yml say, held against what they must."""

import re
import shutil
import subprocess

import pytest
import yaml

from tests.house.sources import ROOT

from .composition import OPERATIONS, command_of, env_file, is_portal, raw, services
from .image import context, dockerfile, is_ignored, variables_of_the_code

OUTSIDE = {".ci", ".dockerignore", ".gitignore", "CHANGELOG.md", "Dockerfile", "Makefile", "README.md"} | {
    ".gitattributes",
    "docker-compose.yml",
    "docs",
    "tests",
}
"""What stands at the top and has no business in the image. Anything else must be in it."""


@pytest.fixture(scope="module")
def composed(tmp_path_factory):
    return services(env_file(tmp_path_factory.mktemp("env")))


# --- Dockerfile -----------------------------------------------------------------------------------------------------


def test_the_image_has_a_builder_and_a_final_stage_on_one_pinned_base():
    arguments, stages = dockerfile()
    assert [(stage.base, stage.name) for stage in stages] == [("${BASE}", "builder"), ("${BASE}", "")]
    assert re.fullmatch(r"python:3\.13-slim-[a-z]+", arguments["BASE"])
    assert arguments["BASE"].startswith(f"python:{(ROOT / '.python-version').read_text().strip()}-")


def test_packages_are_those_of_the_lock_with_their_hashes():
    builder = dockerfile()[1][0]
    assert "--require-hashes" in builder.run("pip install")
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}'", builder.run("pip install"))) == 2
    assert "uv sync --locked --no-dev" in builder.run("uv sync")
    assert "--compile-bytecode" in builder.run("uv sync")
    # uv refuses what has another hash than the lock; a package without one would pass.
    files = re.findall(r"\{ (?:url|path) = \"[^\"]*\"(.*) \}", (ROOT / "uv.lock").read_text())
    assert len(files) > 200
    assert [rest for rest in files if 'hash = "sha256:' not in rest] == []


def test_the_final_stage_runs_as_somebody_and_brings_no_tools():
    final = dockerfile()[1][-1]
    assert final.all("USER") == ["10001:10001"]
    assert [verb for verb, _ in final.steps].index("USER") > [verb for verb, _ in final.steps].index("COPY")
    assert final.all("COPY") == ["--from=builder /app /app"]  # as root, so that user 10001 cannot write there
    assert not re.search(r"apt|gcc|uv |pip install", " ".join(final.all("RUN")))
    assert "pip uninstall" in final.all("RUN")[0]
    assert final.environment["PYTHONDONTWRITEBYTECODE"] == "1"
    assert final.all("STOPSIGNAL") == ["SIGTERM"]


def test_commands_are_lists_so_that_they_get_the_signal_themselves():
    final = dockerfile()[1][-1]
    assert all(isinstance(yaml.safe_load(text), list) for text in final.all("CMD"))
    assert final.all("HEALTHCHECK")[0].endswith('CMD ["python", "-I", "kenniskring/healthy.py", "web"]')
    assert final.all("ENTRYPOINT") == []
    command = yaml.safe_load(final.all("CMD")[0])
    assert command[command.index("--worker-tmp-dir") + 1] == "/dev/shm"


def test_every_source_of_a_copy_is_there():
    for stage in dockerfile()[1]:
        for text in stage.all("COPY"):
            for source in text.split()[:-1]:
                assert source.startswith(("--from=builder", "/app")) or (ROOT / source).exists(), text


def test_no_secret_is_baked_in():
    for stage in dockerfile()[1]:
        assert stage.all("ARG") == []
        assert not [name for name in stage.environment if re.search("SECRET|PASSWORD|TOKEN|_URL", name)]
    assert dockerfile()[1][0].run("collectstatic").startswith("SECRET_KEY=build ")  # for that line alone


@pytest.mark.parametrize(
    "path",
    [
        ".env",
        ".git/config",
        ".local/demo/secret_key",
        ".venv/bin/python",
        "tests/conftest.py",
        "kenniskring.dump",
        "media.tar",
        "docs/operations.md",
        "kenniskring/demo/cast.py",
        "kenniskring/__pycache__/urls.cpython-313.pyc",
        "meetings/actions/__pycache__/x.pyc",
    ],
)
def test_it_stays_out_of_the_image(path):
    assert is_ignored(path)


def test_what_the_portal_consists_of_is_in_the_image():
    tops = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    top = {path.partition("/")[0] for path in tops.splitlines()}
    assert {path.partition("/")[0] for path in context()} == top - OUTSIDE
    assert not is_ignored("meetings/actions/planning.py")
    assert not is_ignored("templates/meetings/meeting.html")


# --- docker-compose.yml ---------------------------------------------------------------------------------------------


def test_the_services_are_the_ones_we_know(composed):
    assert set(composed) == {"db", "valkey", "migrate", "web", "door", "worker", "beat", "mailpit"}
    assert {name for name, service in composed.items() if is_portal(service)} == {"migrate", "web", "worker", "beat"}
    assert {name: service["profiles"] for name, service in composed.items() if "profiles" in service} == {
        "mailpit": ["dev"]
    }


def test_every_service_is_confined(composed):
    added = {"db": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID"}}
    for name, service in composed.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert set(service.get("cap_add", [])) == added.get(name, set())
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
        assert "container_name" not in service, name  # or --scale would not work
        assert "privileged" not in service, name


def test_every_service_has_a_health_check(composed):
    for name, service in composed.items():
        check = service["healthcheck"]
        assert check == {"disable": True} if name == "migrate" else check["test"][0] == "CMD", name


def test_images_of_others_are_pinned(composed):
    images = {name: service["image"] for name, service in composed.items() if not is_portal(service)}
    assert images == {
        "db": "postgres:18-bookworm",
        "valkey": "valkey/valkey:9-bookworm",
        "door": "nginx:1.28-bookworm",
        "mailpit": "axllent/mailpit:v1.27",
    }


def test_database_and_valkey_have_no_way_out_and_no_port(composed):
    assert raw()["networks"] == {"inside": {"internal": True}, "outside": None}
    assert {name: service["networks"] for name, service in composed.items()} == {
        "db": ["inside"],
        "valkey": ["inside"],
        "migrate": ["inside"],
        "web": ["inside", "outside"],
        "door": ["outside"],
        "worker": ["inside", "outside"],
        "beat": ["inside", "outside"],
        "mailpit": ["outside"],
    }
    ports = {name: service["ports"] for name, service in composed.items() if "ports" in service}
    assert ports == {"door": ["127.0.0.1:8000:8000"], "mailpit": ["127.0.0.1:8025:8025"]}


def test_a_worker_may_finish_its_letter(composed):
    from mailroom import relay

    for name in ("worker", "beat"):
        minutes = int(composed[name]["stop_grace_period"].removesuffix("m"))
        assert minutes * 60 > relay.FINAL_DOT + 62  # and the minute in which the postman waits for PostgreSQL


def test_no_secret_stands_in_the_file():
    text = (ROOT / "docker-compose.yml").read_text()
    secrets = re.findall(r"^ +(\w*(?:PASSWORD|SECRET)\w*): *(.*)$", text, re.MULTILINE)
    assert len(secrets) == 6
    assert all(value in {"", f"${{{name}:?}}"} for name, value in secrets)


def test_only_migrate_has_the_owner_and_only_the_database_its_own_password(composed):
    holders = {
        "POSTGRES_PASSWORD": {"db"},
        "OWNER_PASSWORD": {"db", "migrate"},
        "APP_PASSWORD": {"db", "migrate", "web", "worker", "beat"},
        "BACKUP_PASSWORD": {"db"},
        "SECRET_KEY": {"migrate", "web", "worker", "beat"},
    }
    for secret, names in holders.items():
        marked = services({name: f"={name}=" for name in [*holders, "BASE_URL", "SMTP_URL", "MAIL_FROM"]})
        found = {name for name, service in marked.items() if f"={secret}=" in str(service)}
        assert found == names, secret


def test_what_compose_is_not_told_stops_it():
    with pytest.raises(KeyError):
        services({"SECRET_KEY": "x"})


def test_the_plugin_accepts_the_file(tmp_path):
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker compose is not on this machine, so it did not look at docker-compose.yml.")
    env_file(tmp_path)
    command = ["docker", "compose", "--env-file", str(tmp_path / ".env"), "--profile", "dev", "config", "--quiet"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


# --- The manual -----------------------------------------------------------------------------------------------------

NOT_IN_THE_MANUAL = {"DJANGO_SETTINGS_MODULE"}
NOT_FOR_COMPOSE = {
    "DEMO",
    "DEMO_POST",
    "DJANGO_SETTINGS_MODULE",
    "STATIC_ROOT",
    "MEDIA_ROOT",
    "DATABASE_OWNER_URL",
    "PULSE_FILE",
    "RATE_LIMITS",
}


def test_the_manual_lists_every_variable_and_compose_hands_it_on(composed):
    table = set(
        re.findall(r"`([A-Z][A-Z_]+)`", "".join(re.findall(r"^\| (`[^|]*)\|", OPERATIONS.read_text(), re.MULTILINE)))
    )
    compose_alone = {"PORT", "KENNISKRING_VERSION"}
    assert table - compose_alone == variables_of_the_code() - NOT_IN_THE_MANUAL
    assert set(raw()["services"]["web"]["environment"]) == variables_of_the_code() - NOT_FOR_COMPOSE


def test_the_manual_and_compose_start_the_same_processes(composed):
    rows = dict(re.findall(r"^\| (web|worker|beat) \| `([^`]*)`", OPERATIONS.read_text(), re.MULTILINE))
    for name, line in rows.items():
        words = [
            word
            for word in command_of(composed[name])
            if word not in {"--bind", "0.0.0.0:8000", "--loglevel", "INFO"}
        ]
        assert line.split() == words
