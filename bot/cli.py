"""The command `bot`: thin wrappers, one clear line when something is wrong."""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeVar

import httpx
import sqlalchemy as sa
import typer
import uvloop
from fastapi import FastAPI
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from bot import (
    faq_commands,
    faq_files_commands,
    faq_gaps_commands,
    faq_release_commands,
    faq_train_commands,
)
from bot.app import LEXICON, Parts, create_app
from bot.channels import terminal
from bot.command_line import AsJson, read_settings, say, say_json
from bot.config import Settings
from bot.console.accounts import Accounts, Role
from bot.database import Database
from bot.emotion import EmotionDetector
from bot.errors import BotError, ConfigurationError, PartUnavailable
from bot.handoff.policy import REQUEST_INTENT, is_request
from bot.handoff.request_detector import RequestDetector
from bot.handoff.ticket import public_ticket
from bot.nlu.evaluate import Parsed
from bot.published import PublishedFaq
from bot.published_survey import PublishedSurvey
from bot.serving import Frame, Running, free_port, rasa_project, running_service, serve, server_url
from bot.tables import TicketRow

T = TypeVar("T")
ASK_SECONDS = 60.0

app = typer.Typer(
    help="Customer service for Chinese: rules, FAQ retrieval, and a human when it takes one.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
faq = typer.Typer(help="The FAQ: build a release, measure it.", no_args_is_help=True)
nlu = typer.Typer(help="Intents, emotion and the wish for a human: train, measure.", no_args_is_help=True)
encoder = typer.Typer(help="The sentence encoder.", no_args_is_help=True)
agent = typer.Typer(help="The people who sign in to the console.", no_args_is_help=True)
for name, group in (("faq", faq), ("nlu", nlu), ("encoder", encoder), ("agent", agent)):
    app.add_typer(group, name=name)
for name, command in (
    ("build", faq_release_commands.build_command),
    ("publish", faq_release_commands.publish_command),
    ("rollback", faq_release_commands.rollback_command),
    ("releases", faq_release_commands.releases_command),
    ("diff", faq_release_commands.diff_command),
    ("golden", faq_release_commands.golden_command),
    ("replay", faq_release_commands.replay_command),
    ("train", faq_train_commands.train_command),
    ("fine-tune", faq_train_commands.fine_tune_command),
    ("evaluate", faq_commands.evaluate_command),
    ("export", faq_files_commands.export_command),
    ("import", faq_files_commands.import_command),
    ("lint", faq_files_commands.lint_command),
    ("gaps", faq_gaps_commands.gaps_command),
):
    faq.command(name)(command)


def main() -> None:
    """Run the command line: errors are one line on standard error and exit code 2."""
    try:
        app()
    except BotError as error:
        _fail(str(error) or error.sentence)
    except ValidationError as error:
        first = error.errors()[0]
        _fail(f"BOT_{str(first['loc'][0]).upper()}: {first['msg']} (got {first['input']!r})")
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(line: str) -> None:
    sys.stderr.write(f"bot: {line}\n")
    sys.exit(2)


def _build(settings: Settings, frame: Frame) -> FastAPI:
    loaded = PublishedFaq.load(settings.models, settings.timezone)
    parts = Parts(
        loaded,
        loaded.vectors,
        PublishedSurvey(loaded),
        loaded,
        process=frame.process,
        token=frame.token,
        announce=frame.announce,
        ready=frame.ready,
        at_stop=frame.at_stop,
    )
    return create_app(settings, parts)


@app.command("serve")
def serve_command() -> None:
    """Run the service with its Rasa until Ctrl+C."""
    uvloop.run(serve(read_settings(), _build, say))


@app.command("chat")
def chat_command(
    url: Annotated[str, typer.Option(help="Address of the service; else the one that runs here.")] = "",
) -> None:
    """Talk to the running service at the terminal."""
    settings = read_settings()
    running = Running.find(settings.var)
    if not url and running is None:
        raise ConfigurationError(f"no service runs on the data in {settings.var}: start one with `bot serve`")
    address = url.rstrip("/") or (running.url if running else "")
    asyncio.run(terminal.chat(address, terminal.read_line, say, paced=not sys.stdin.isatty()))


@app.command("ask")
def ask_command(text: Annotated[str, typer.Argument(help="The question.")], as_json: AsJson = False) -> None:
    """One turn in a fresh conversation of the running service, or of one that is started for it."""
    settings = read_settings()
    running = Running.find(settings.var)
    if running is None:
        logging.getLogger().setLevel(logging.CRITICAL)
        answer = asyncio.run(_ask_own(settings, text))
    else:
        answer = asyncio.run(_ask(running, text))
    if as_json:
        say_json(answer)
        return
    say(answer["reply"])
    handoff = f"，转人工 {answer['handoff']['ticket']}" if answer["handoff"] else ""
    entry = f"，条目 {answer['entry']}（{answer['probability']:.0%}）" if answer["entry"] else ""
    total = f"{answer['timings_ms']['total']:.0f} ms"
    say(f"[{answer['decision']}{entry}{handoff}，意图 {answer['intent']}，{total}]")


async def _ask_own(settings: Settings, text: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="bot-ask-") as folder:
        own = settings.model_copy(
            update={
                "host": "127.0.0.1",
                "port": free_port(),
                "rasa_port": free_port(),
                "var": Path(folder),
                "database_url": f"sqlite:///{folder}/bot.db",
            }
        )
        async with running_service(own, _build, lambda _line: None):
            running = Running.find(own.var)
            assert running is not None, server_url(own)
            return await _ask(running, text)


async def _ask(running: Running, text: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {running.token}"}
    try:
        async with httpx.AsyncClient(trust_env=False, timeout=ASK_SECONDS) as http:
            answer = await http.post(f"{running.url}/internal/ask", json={"text": text}, headers=headers)
    except httpx.HTTPError as error:
        raise PartUnavailable(f"the service at {running.url} did not answer: {error}") from error
    body: dict[str, Any] = answer.json()
    if answer.status_code != 200:
        raise BotError(f"{body['error']['code']}: {body['error']['detail']}")
    return body


@app.command("tickets")
def tickets_command(
    as_json: AsJson = False,
    resolved: Annotated[bool, typer.Option("--all", help="Resolved tickets, too.")] = False,
) -> None:
    """The tickets: open ones in the order in which they are to be served."""
    query = sa.select(TicketRow).order_by(TicketRow.state, TicketRow.rank, TicketRow.id)
    if not resolved:
        query = query.where(TicketRow.state == "open")
    found = _with_database(
        lambda database: database.read_now(lambda s: [public_ticket(t) for t in s.scalars(query)])
    )
    if as_json:
        say_json(found)
        return
    table = Table("工单号", "优先级", "原因", "类别", "客服", "截止")
    for ticket in found:
        deadline = datetime.fromisoformat(ticket["deadline"]).astimezone()
        columns = (ticket[name] or "" for name in ("number", "priority", "reason", "category", "assignee"))
        table.add_row(*columns, f"{deadline:%m-%d %H:%M}")
    Console().print(table if found else "没有工单。")


def _with_database(use: Callable[[Database], T]) -> T:
    settings = read_settings()
    database = Database(settings.effective_database_url)
    try:
        database.migrate()
        return use(database)
    finally:
        database.close()


@agent.command("add")
def add_agent(
    name: Annotated[str, typer.Argument(help="Name to sign in with.")],
    display_name: Annotated[str, typer.Argument(help="Name that customers see.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")] = "agent",
) -> None:
    """Create an account for the console and print the first password, once."""
    password = _with_database(lambda database: asyncio.run(Accounts(database).add(name, display_name, role)))
    say(f"{name} 的初始密码：{password}（仅显示一次，登录后须修改）")


@agent.command("password")
def set_password(name: Annotated[str, typer.Argument(help="Name to sign in with.")]) -> None:
    """Set somebody's password: asked for at the terminal, or the first line of standard input."""
    if sys.stdin.isatty():
        password = typer.prompt("新密码", hide_input=True, confirmation_prompt="再输一遍")
    else:
        password = sys.stdin.readline().rstrip("\n")
    _with_database(lambda database: asyncio.run(Accounts(database).set_password(name, password)))
    say("密码已修改，此人的其他登录已失效。")


@encoder.command("build")
def build_encoder_command() -> None:
    """Convert and export the encoder that BOT_ENCODER names."""
    from bot.faq.export import build_encoder

    settings = read_settings()
    say(str(build_encoder(settings.encoder, settings.models, say)))


@nlu.command("train")
def train_command(
    accept: Annotated[str, typer.Option(help="Take a model that breaks golden lines, for this reason.")] = "",
) -> None:
    """Train the models of Rasa, the wish for a human and feelings, unless those of the same inputs exist."""
    from bot.emotion.training import train_emotion_model
    from bot.faq.encoder import load_encoder
    from bot.faq.message_vectors import TrainingVectors
    from bot.faq.topic_file import load_entries
    from bot.handoff.request_training import train_request_model
    from bot.nlu.evaluate import parse_with_rasa
    from bot.nlu.golden import broken_lines, check_golden
    from bot.nlu.lines import read_lines
    from bot.nlu.train import train_model

    project = rasa_project(read_settings())

    # Rasa trains in a process of its own; meanwhile this one has a core for itself.
    with ThreadPoolExecutor(2) as beside:
        human = beside.submit(train_request_model, project.root / "data" / "nlu", project.models)

        def check(model: Path) -> None:
            human.result()
            lines = read_lines(project.root / "data" / "nlu_golden.jsonl")
            broken = broken_lines(lines, partial(parse_with_rasa, project, model), _asks(project.models))
            check_golden(broken, model, accept)

        rasa = beside.submit(train_model, project, check)
        say(str(human.result()))
        vectors = TrainingVectors(load_encoder(project.models), project.models, say)
        questions = [entry.questions for entry in load_entries(read_settings().faq)]
        say(str(train_emotion_model(LEXICON.parent, vectors, project.models, questions)))
        say(str(rasa.result()))


def _asks(models: Path) -> Callable[[str, Parsed], bool]:
    """What a turn of the service takes for a wish for a human."""
    detector = RequestDetector.load(models)

    def asks(text: str, parsed: Parsed) -> bool:
        ranked = parsed.ranking.get(REQUEST_INTENT, 0.0)
        return is_request(parsed.intent, parsed.confidence) or detector.hear(text).with_intent(ranked)

    return asks


@nlu.command("evaluate")
def evaluate_nlu(
    questions: Annotated[Path, typer.Option(help="File with text and intent, emotion, risk or human.")],
    as_json: AsJson = False,
    page: Annotated[Path | None, typer.Option(help="Write the results as an HTML page, too.")] = None,
) -> None:
    """Measure intents, emotion, risk and the wish for a human on labelled lines."""
    from bot.faq.encoder import load_encoder
    from bot.faq.message_vectors import MessageVectors
    from bot.nlu.evaluate import evaluate, parse_with_rasa
    from bot.nlu.lines import read_lines
    from bot.nlu.report_page import report_page
    from bot.nlu.train import current_model

    project, lines = rasa_project(read_settings()), read_lines(questions)
    model = current_model(project)
    report = evaluate(
        lines,
        lambda texts: parse_with_rasa(project, model, texts),
        EmotionDetector.load(LEXICON, project.models, MessageVectors(load_encoder(project.models))).detect,
        _asks(project.models),
    )
    if page is not None:
        page.write_text(report_page(report.scores(), str(questions)), "utf-8")
    if as_json:
        say_json(report.to_json())
        return
    for column, scores in report.to_json().items():
        shown = {key: value for key, value in scores.items() if key not in ("labels", "confusions")}
        say(f"{column}: " + "  ".join(f"{key} {value}" for key, value in shown.items()))
    for column, found in report.scores().items():
        for expected, predicted, times in found.confusions[:20]:
            say(f"  {column}: {expected} → {predicted}: {times}")


if __name__ == "__main__":
    main()
