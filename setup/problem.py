"""What can stop a set-up, each as one sentence that says how to go on."""

from __future__ import annotations

import re
from typing import Optional

DISK_FULL = (
    "the disk is full: free some space (make clean removes everything that was built), then run it again."
)
NO_NETWORK = (
    "packages cannot be fetched: check the network, the proxy and the package index that pip is set to "
    "(pip config list), then run it again; what was fetched already is kept."
)
BAD_CERTIFICATE = (
    "the package index shows a certificate that is not trusted here: name your organisation's certificate "
    "file in SSL_CERT_FILE or in pip's setting 'cert', then run it again."
)
NOT_ON_INDEX = (
    "the package index that pip is set to lacks a pinned package for this Python; the log names it."
)
NO_VENV = (
    "this Python cannot make environments: install its venv package (Debian, Ubuntu: apt-get install "
    "python3-venv and the same for Python 3.10), then run it again."
)
NO_MEMORY = "the system stopped the step, most likely for memory: 4 GB free are enough; then run it again."

_SYMPTOMS = (
    (re.compile(r"No space left on device|os error 28|ENOSPC|Disk quota exceeded", re.I), DISK_FULL),
    (
        re.compile(
            r"certificate verify failed|CERTIFICATE_VERIFY_FAILED|UnknownIssuer|invalid peer certificate"
            r"|SELF_SIGNED_CERT|UNABLE_TO_GET_ISSUER",
            re.I,
        ),
        BAD_CERTIFICATE,
    ),
    (
        re.compile(
            r"name resolution|getaddrinfo|dns error|error sending request|NewConnectionError|ConnectTimeout"
            r"|Failed to fetch|Network is unreachable|ProxyError|Could not resolve|ReadTimeoutError"
            r"|operation timed out|\b(ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET)\b",
            re.I,
        ),
        NO_NETWORK,
    ),
    (re.compile(r"ensurepip is not available|No module named venv", re.I), NO_VENV),
    (re.compile(r"No matching distribution|No solution found|Could not find a version", re.I), NOT_ON_INDEX),
)


class Problem(Exception):
    """A situation that ends the set-up; the text is one English sentence for the person at the terminal."""


def diagnose(log: str, code: int) -> Optional[str]:
    """The sentence for a command that ended with `code` and printed `log`, or None for an unknown cause."""
    for symptom, sentence in _SYMPTOMS:
        if symptom.search(log):
            return sentence
    return NO_MEMORY if code in (-9, 137) else None
