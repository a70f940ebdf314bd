"""Builds a candidate in a process of its own: customers' turns keep this one's core and its lock.

`python -m bot.studio.building` is that process.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.errors import BotError, BuildFailed

Say = Callable[[str], None]
Build = Callable[[Say], Awaitable[str]]
RELEASE, REFUSED = "release ", "refused "


@dataclass(frozen=True)
class BuildOrder:
    """What is to be built: folders of entries and artefacts, and the accepted share of wrong answers."""

    faq: str
    models: str
    target: float

    async def run(self, say: Say) -> str:
        """Build, telling each line of progress; returns the release's name. Raises BuildFailed.

        The process is ended when the caller is cancelled; what it leaves goes with the next build.
        """
        process = await asyncio.create_subprocess_exec(
            *("nice", "-n", "10", sys.executable, "-m", __name__, json.dumps(asdict(self))),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        release, problem = "", ""
        try:
            assert process.stdout is not None
            async for raw in process.stdout:
                line = raw.decode(errors="replace").rstrip()
                if line.startswith(RELEASE):
                    release = line.removeprefix(RELEASE)
                elif line.startswith(REFUSED):
                    problem = json.loads(line.removeprefix(REFUSED))
                else:
                    say(line)
            code = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
        if code or not release:
            raise BuildFailed(problem or f"the build ended with {code}")
        return release


def main() -> None:
    """Build what the argument says."""
    from bot.faq.build import build_release
    from bot.faq.encoder import load_encoder
    from bot.faq.release import Sources

    order = BuildOrder(**json.loads(sys.argv[1]))
    models = Path(order.models)
    try:
        sources = Sources.beside(Path(order.faq))
        folder = build_release(sources, models, load_encoder(models), order.target, _say)
    except BotError as error:
        _say(REFUSED + json.dumps(str(error), ensure_ascii=False))
        sys.exit(1)
    _say(RELEASE + folder.name)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
