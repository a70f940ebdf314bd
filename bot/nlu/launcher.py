"""Starts and trains Rasa 3.6 inside its own environment: `python -m bot.nlu.launcher serve|train`.

Loopback only, no telemetry, no HTTP API beside the channel `desk`.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
QUIET_LOGGERS = ("apscheduler", "asyncio", "sanic.access", "sanic.root", "matplotlib", "tensorflow")


def prepare(log_level: str) -> None:
    """Environment and logging that every Rasa process of the product has."""
    # One thread a process: with more, concurrent turns on few cores took seconds instead of milliseconds.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    os.environ["RASA_TELEMETRY_WRITE_KEY"] = ""
    os.environ["LOG_LEVEL"] = log_level
    logging.basicConfig(level=log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    import jieba
    from rasa.utils.log_utils import configure_structlog

    jieba.setLogLevel(logging.WARNING)

    configure_structlog(logging.getLevelName(log_level))


def serve(arguments: argparse.Namespace) -> None:
    """Serve the model until stopped."""
    os.environ["BOT_ACTIONS_URL"] = arguments.actions
    os.environ["BOT_RASA_TRACKER"] = str(arguments.tracker)
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints

    from bot.nlu import graph_runner, remote_actions

    remote_actions.install()
    graph_runner.install_for_serving()
    serve_application(
        model_path=str(arguments.model),
        interface=LOOPBACK,
        port=arguments.port,
        credentials=str(arguments.credentials),
        endpoints=AvailableEndpoints.read_endpoints(str(arguments.endpoints)),
        enable_api=False,
        response_timeout=60,
    )


def train(arguments: argparse.Namespace) -> None:
    """Train and write `<out>/<name>.tar.gz`."""
    from rasa import model_training

    from bot.nlu import graph_runner, project_importer

    graph_runner.install_for_training()
    project_importer.install()
    result = model_training.train(
        domain=str(arguments.domain),
        config=str(arguments.config),
        training_files=[str(path) for path in arguments.data],
        output=str(arguments.out),
        fixed_model_name=arguments.name,
        force_training=True,
    )
    if result.code != 0 or result.model is None:
        raise SystemExit(f"Rasa's training ended with code {result.code}")
    print(result.model)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bot.nlu.launcher", description=__doc__)
    parser.add_argument("--log-level", default="WARNING")
    commands = parser.add_subparsers(required=True)
    serving = commands.add_parser("serve")
    serving.set_defaults(run=serve)
    serving.add_argument("--model", type=Path, required=True)
    serving.add_argument("--port", type=int, required=True)
    serving.add_argument("--actions", required=True, help="URL of the custom actions")
    serving.add_argument("--tracker", type=Path, required=True, help="SQLite file of the trackers")
    serving.add_argument("--endpoints", type=Path, default=Path("endpoints.yml"))
    serving.add_argument("--credentials", type=Path, default=Path("credentials.yml"))
    training = commands.add_parser("train")
    training.set_defaults(run=train)
    training.add_argument("--out", type=Path, required=True)
    training.add_argument("--name", required=True)
    training.add_argument("--config", type=Path, default=Path("config.yml"))
    training.add_argument("--domain", type=Path, default=Path("domain.yml"))
    training.add_argument("--data", type=Path, nargs="+", default=[Path("data/nlu"), Path("data/rules")])
    return parser


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line."""
    arguments = _parser().parse_args(argv)
    prepare(arguments.log_level)
    arguments.run(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
