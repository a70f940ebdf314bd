"""The yes before something is done that cannot be taken back, after a summary of what it will be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from actions.form import Field
from actions.view import View
from bot.messages import Button

CONFIRM = "confirm"
_YES = Button("确认", "/affirm")
_CHANGE = Button("要改一下", "/deny")
_NO = Button("不办了", "/stop")
# Nods that go with anything: what cannot be taken back needs more.
_NOD = re.compile(r"继续|接着|然后|下一步|知道了|明白|了解|收到|[好行]了")
_CLEAR = re.compile(r"确认|确定|提交|没错|没问题|正确|同意|可以|^[对是]")
_ASKS = re.compile(r"[吗呢么?？]$")


def read_yes(view: View) -> str | None:
    """A yes, typed or clicked; 继续 and 知道了 are none."""
    turn = view.turn
    if _ASKS.search(turn.text) or (_NOD.search(turn.text) and not _CLEAR.search(turn.text)):
        return None
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
