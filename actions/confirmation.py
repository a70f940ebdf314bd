"""The yes before something is done that cannot be taken back, after a summary of what it will be."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from actions.form import Field
from actions.view import View
from bot.messages import Button

CONFIRM = "confirm"
_YES = Button("确认", "/affirm")
_CHANGE = Button("要改一下", "/deny")
_NO = Button("不办了", "/stop")


def read_yes(view: View) -> str | None:
    """A yes, typed or clicked."""
    turn = view.turn
    said = turn.sure("affirm") or turn.text.strip(" ，。！!,.") in {
        "确认",
        "确认提交",
        "提交",
        "没问题",
        "是",
    }
    return "yes" if said else None


def confirmation(prompts: str, facts: Callable[[View], Mapping[str, str]]) -> Field:
    """The last field of a form; `facts` fill the summary."""
    return Field(
        slot=CONFIRM,
        prompts=prompts,
        read=read_yes,
        facts=facts,
        buttons=lambda _view: (_YES, _CHANGE, _NO),
        confirms=True,
    )
