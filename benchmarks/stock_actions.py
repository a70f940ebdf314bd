"""rasa-sdk's own action server with the product's actions: `python -m benchmarks.stock_actions PORT`."""

from __future__ import annotations

import sys

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions import build_actions
from bot.config import Settings
from bot.published import PublishedFaq


def main(port: int) -> None:
    """Serve on loopback until stopped."""
    executor = ActionExecutor()
    settings = Settings()
    for action in build_actions(PublishedFaq.load(settings.models, settings.timezone)):
        executor.register_action(action)
    create_app(executor).run(host="127.0.0.1", port=port, single_process=True, access_log=False, motd=False)


if __name__ == "__main__":
    main(int(sys.argv[1]))
