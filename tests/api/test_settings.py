"""Settings: where they come from, and that a wrong one stops the start with its name."""

import os
from pathlib import Path

import pytest

from api.settings import SettingsError, environment, load
from olap.engines.names import EngineName


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder and no DANGOL_ name in the environment."""
    for name in list(os.environ):
        if name.startswith("DANGOL_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class TestDefaults:
    def test_nothing_needs_to_be_set(self) -> None:
        settings = load()

        assert (settings.host, settings.port, settings.data_dir) == ("127.0.0.1", 8000, Path(".dangol"))
        assert settings.database_url is None
        assert settings.cube_path == Path(".dangol/cube.duckdb")

    def test_the_environment_goes_over_the_file(self, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (bare / "dangol.toml").write_text('port = 9000\nhost = "127.0.0.2"\n')
        monkeypatch.setenv("DANGOL_PORT", "9001")

        settings = load()

        assert (settings.port, settings.host) == (9001, "127.0.0.2")

    def test_a_named_file_is_read(self, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (bare / "other.toml").write_text("port = 9002\n")
        monkeypatch.setenv("DANGOL_CONFIG", str(bare / "other.toml"))

        assert load().port == 9002

    def test_a_cube_address_names_its_file(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DANGOL_CUBE_URL", "duckdb:////srv/cube.duckdb")

        assert load().cube_path == Path("/srv/cube.duckdb")

    def test_the_engine_postgres_has_no_address(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DANGOL_CUBE_ENGINE", "postgres")
        assert load().cube_engine is EngineName.POSTGRES

        monkeypatch.setenv("DANGOL_CUBE_URL", "duckdb:////srv/cube.duckdb")
        with pytest.raises(SettingsError, match="with cube_engine postgres must be left out"):
            load()

    def test_a_server_of_clickhouse_may_have_a_password(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DANGOL_CUBE_ENGINE", "clickhouse")
        monkeypatch.setenv("DANGOL_CUBE_URL", "clickhouse://kim:secret@host:8123/dangol")

        settings = load()

        assert settings.cube_path == Path(".dangol/cube.clickhouse")
        assert "secret" not in repr(settings)


class TestRefusals:
    def test_an_unknown_name_in_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DANGOL_PROT", "8000")

        with pytest.raises(
            SettingsError, match=r"unknown setting DANGOL_PROT in the environment; known: .*DANGOL_PORT"
        ):
            load()

    def test_an_unknown_key_in_the_file(self, bare: Path) -> None:
        (bare / "dangol.toml").write_text("prot = 1\n")

        with pytest.raises(SettingsError, match=r"unknown setting 'prot' in dangol.toml; known: .*port"):
            load()

    @pytest.mark.parametrize(
        ("name", "value", "says"),
        [
            ("DANGOL_PORT", "http", "DANGOL_PORT: .*integer.*'http'"),
            ("DANGOL_PORT", "0", "DANGOL_PORT: .*greater than or equal to 1.*'0'"),
            ("DANGOL_PORT", "65536", "DANGOL_PORT: .*less than or equal to 65535"),
            ("DANGOL_LOG_LEVEL", "loud", "DANGOL_LOG_LEVEL: .*'debug', 'info', 'warning' or 'error'.*'loud'"),
            (
                "DANGOL_DATABASE_URL",
                "mysql://x:secret@y/z",
                "DANGOL_DATABASE_URL: must be a Postgres address",
            ),
            ("DANGOL_CUBE_URL", "clickhouse://x", "DANGOL_CUBE_URL: must be a DuckDB file"),
            ("DANGOL_CUBE_URL", "duckdb:///", "DANGOL_CUBE_URL: must be a DuckDB file"),
            ("DANGOL_CUBE_ENGINE", "oracle", "DANGOL_CUBE_ENGINE: .*'duckdb', 'postgres' or 'clickhouse'"),
            ("DANGOL_CUBE_ENGINE", "clickhouse", "cube_url.*: with cube_engine clickhouse must be a server"),
            ("DANGOL_CUBE_MEMORY", "lots", "DANGOL_CUBE_MEMORY: must be a size such as 4GB.*'lots'"),
            ("DANGOL_CUBE_MEMORY", "4 GiB", "DANGOL_CUBE_MEMORY: must be a size such as 4GB"),
            ("DANGOL_CUBE_DISK", "1MB", "DANGOL_CUBE_DISK: must be a size .* and 64MB at least"),
            ("DANGOL_CUBE_CLUSTER", "c1", "DANGOL_CUBE_CLUSTER: is for cube_engine clickhouse only"),
        ],
    )
    def test_a_bad_value_in_the_environment(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
    ) -> None:
        monkeypatch.setenv(name, value)

        with pytest.raises(SettingsError, match=says) as refusal:
            load()

        assert "secret" not in str(refusal.value)

    def test_a_bad_value_in_the_file(self, bare: Path) -> None:
        (bare / "dangol.toml").write_text('port = "many"\n')

        with pytest.raises(SettingsError, match=r"'port' in dangol.toml: .*integer"):
            load()

    def test_a_file_that_is_not_toml(self, bare: Path) -> None:
        (bare / "dangol.toml").write_text("port: 9000\n")

        with pytest.raises(SettingsError, match=r"dangol.toml is not a TOML file: .*line 1"):
            load()

    def test_a_named_file_that_is_not_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DANGOL_CONFIG", "nowhere.toml")

        with pytest.raises(SettingsError, match=r"no settings file nowhere.toml"):
            load()


class TestIssuers:
    def test_they_come_from_the_environment_as_json(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DANGOL_OIDC", '[{"issuer": "https://login.example", "audience": "crm"}]')

        settings = load()

        assert [each.issuer for each in settings.oidc] == ["https://login.example"]
        assert not settings.accepts_local_tokens

    def test_they_come_from_tables_of_the_file(self, bare: Path) -> None:
        (bare / "dangol.toml").write_text(
            'local_tokens = true\n[[oidc]]\nissuer = "https://login.example"\naudience = "crm"\n'
            'role_claim = "roles"\nroles = {"crm-admin" = "ADMIN"}\n'
        )

        settings = load()

        assert settings.oidc[0].roles == {"crm-admin": "ADMIN"}
        assert settings.accepts_local_tokens

    def test_a_started_process_reads_the_same(self, bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (bare / "dangol.toml").write_text(
            '[[oidc]]\nissuer = "https://login.example"\naudience = "crm"\njwks_file = "keys.json"\n'
        )
        settings = load()
        for name, value in environment(settings).items():
            monkeypatch.setenv(name, value)
        (bare / "dangol.toml").unlink()

        assert load() == settings

    @pytest.mark.parametrize(
        ("value", "says"),
        [
            ("https://login.example", "DANGOL_OIDC: must be JSON"),
            ('[{"audience": "crm"}]', r"DANGOL_OIDC\[0\]\['issuer'\]: Field required"),
            ('[{"issuer": "http://login.example", "audience": "crm"}]', "must be an https address"),
            ('[{"issuer": "https://a.example", "audience": ""}]', r"\['audience'\]"),
            ('[{"issuer": "https://a.example", "audience": "c", "algorithms": ["HS256"]}]', "RS256"),
            ('[{"issuer": "https://a.example", "audience": "c", "algorithms": []}]', "at least one"),
            ('[{"issuer": "https://a.example", "audience": "c", "roles": {"x": "ADMIN"}}]', "go together"),
            ('[{"issuer": "https://a.example", "audience": "c", "audiance": "d"}]', "audiance"),
            (
                '[{"issuer": "https://a.example", "audience": "c"}, {"issuer": "https://b.example", "audience": "c"}]',
                "subject_prefix of its own",
            ),
        ],
    )
    def test_what_would_let_the_wrong_ones_in_stops_the_start(
        self, monkeypatch: pytest.MonkeyPatch, value: str, says: str
    ) -> None:
        monkeypatch.setenv("DANGOL_OIDC", value)

        with pytest.raises(SettingsError, match=says):
            load()
