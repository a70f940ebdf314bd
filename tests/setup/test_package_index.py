from __future__ import annotations

import sys
from pathlib import Path

import pytest

from setup import package_index


def test_pip_settings_are_read_with_pips_own_precedence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip_file = tmp_path / "pip.conf"
    pip_file.write_text(
        "[global]\ntimeout = 7\nproxy = http://a:1\nfind-links = /w\n[install]\nproxy = http://b:2\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(pip_file))
    monkeypatch.setenv("PIP_FIND_LINKS", "/w1 /w2")
    monkeypatch.delenv("PIP_DEFAULT_TIMEOUT", raising=False)
    python = next(p for p in (Path(sys.base_prefix) / "bin" / "python3", Path(sys.executable)) if p.exists())
    settings = package_index.pip_settings(python)
    assert settings["proxy"] == "http://b:2"
    assert settings["timeout"] == "7"
    assert settings["find-links"] == "/w1 /w2"


def test_settings_become_those_of_the_installer() -> None:
    settings = {
        "index-url": "https://index.example/simple",
        "extra-index-url": "https://one.example/simple\\nhttps://two.example/simple",
        "find-links": "/a /b",
        "cert": "/etc/certificate.pem",
        "proxy": "http://proxy.example:3128",
        "no-index": "true",
    }
    assert package_index.uv_environment(settings, {}) == {
        "UV_DEFAULT_INDEX": "https://index.example/simple",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_FIND_LINKS": "/a,/b",
        "UV_NO_INDEX": "1",
        "SSL_CERT_FILE": "/etc/certificate.pem",
        "HTTPS_PROXY": "http://proxy.example:3128",
        "HTTP_PROXY": "http://proxy.example:3128",
    }


def test_what_a_person_set_for_the_installer_wins() -> None:
    environ = {"UV_FIND_LINKS": "/mine", "SSL_CERT_FILE": "/mine.pem"}
    assert package_index.uv_environment({"find-links": "/a", "cert": "/b"}, environ) == {}


def test_without_any_setting_the_systems_certificates_are_trusted() -> None:
    assert package_index.uv_environment({}, {}) == {"UV_SYSTEM_CERTS": "1"}


@pytest.mark.parametrize(
    ("wheel", "found"),
    [
        ("torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl", True),
        ("torch-2.13.0+cpu-cp312-cp312-manylinux_2_28_x86_64.whl", False),
        ("torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl", False),
    ],
)
def test_a_cpu_build_beside_the_index_is_seen(tmp_path: Path, wheel: str, found: bool) -> None:
    (tmp_path / wheel).touch()
    assert package_index.has_cpu_torch({"find-links": str(tmp_path)}, "3.11") is found
