"""Hands pip's own settings on to uv, which does not read them.

Where packages come from is the machine's business: nothing of it is ever written into the repository.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Dict, List, Mapping


def pip_settings(python: Path) -> Dict[str, str]:
    """The settings that `python -m pip install` would obey; empty when that Python has no pip.

    Later sources win as they do in pip: files, then the section of the command, then the environment.
    """
    answer = subprocess.run(
        [str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, timeout=60, check=False
    )
    by_section: Dict[str, Dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in answer.stdout.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in by_section:
            by_section[section][key] = value.strip().strip("'\"")
    return {**by_section["global"], **by_section["install"], **by_section[":env:"]}


def uv_environment(settings: Mapping[str, str], environ: Mapping[str, str]) -> Dict[str, str]:
    """The variables to add to `environ` so that uv fetches from where pip would; what is set there wins."""
    extra = _words(settings.get("extra-index-url", ""))
    proxy = settings.get("proxy", "")
    wanted = {
        "UV_DEFAULT_INDEX": settings.get("index-url", ""),
        "UV_INDEX": " ".join(extra),
        # pip looks at every index and takes the best version; the pins make that harmless.
        "UV_INDEX_STRATEGY": "unsafe-best-match" if extra else "",
        "UV_FIND_LINKS": ",".join(_words(settings.get("find-links", ""))),
        "UV_NO_INDEX": "1" if settings.get("no-index", "").lower() in ("1", "true", "yes", "on") else "",
        "UV_INSECURE_HOST": " ".join(_words(settings.get("trusted-host", ""))),
        "UV_HTTP_TIMEOUT": settings.get("timeout", "") or settings.get("default-timeout", ""),
        "SSL_CERT_FILE": settings.get("cert", ""),
        "HTTPS_PROXY": proxy,
        "HTTP_PROXY": proxy,
    }
    added = {name: value for name, value in wanted.items() if value and not environ.get(name)}
    if "SSL_CERT_FILE" not in {**environ, **added}:
        added["UV_SYSTEM_CERTS"] = "1"
    return added


def has_cpu_torch(settings: Mapping[str, str], python_version: str) -> bool:
    """Whether a find-links folder of this machine holds a CPU build of torch for `python_version`."""
    tag = "cp" + python_version.replace(".", "")
    folders = _words(settings.get("find-links", "")) + _words(
        os.environ.get("UV_FIND_LINKS", "").replace(",", " ")
    )
    return any(list(Path(f.replace("file://", "")).glob(f"torch-*cpu*{tag}-*.whl")) for f in folders)


def _words(value: str) -> List[str]:
    return value.replace("\\n", " ").split()
