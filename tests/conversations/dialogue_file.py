"""Conversations written down for people, as YAML: what the customer says, and what must come of it.

```yaml
- 名称: 查物流
  登录: demo-chen          # a customer of data/shop whom the site has signed in
  对话:
    - 客户: 我的快递到哪了    # typed; or 点: the title of a button of the newest message that has it
      答: [云杉短款羽绒服]    # each is in the words or buttons that follow; 甲|乙 is either
      不答: [手机]          # none of these is
      办理: return_form     # the form that is open then; 无: none is
      工单: [callback]      # the categories of the tickets so far that change no owner
      转人工: requested     # the reason of the hand-off, or a|b; without it there is none
```
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_STEP = {"客户", "点", "答", "不答", "办理", "工单", "转人工"}
_DIALOGUE = {"名称", "登录", "对话"}
NO_FORM = "无"


@dataclass(frozen=True)
class Step:
    """One message of the customer, typed or clicked, and what must follow.

    `answers` and `handoff` hold alternatives; `form` is None where any may be open, `tickets` where any may
    have been made.
    """

    says: str | None
    clicks: str | None
    answers: tuple[tuple[str, ...], ...] = ()
    never: tuple[str, ...] = ()
    form: str | None = None
    tickets: tuple[str, ...] | None = None
    handoff: tuple[str, ...] = ()

    @classmethod
    def read(cls, step: dict[str, Any]) -> Step:
        """Raises ValueError for a key that has no meaning, or without exactly one of 客户 and 点."""
        if unknown := set(step) - _STEP:
            raise ValueError(f"a step knows no {unknown}")
        if ("客户" in step) == ("点" in step):
            raise ValueError(f"a step has either 客户 or 点: {step}")
        return cls(
            step.get("客户"),
            step.get("点"),
            tuple(tuple(words.split("|")) for words in step.get("答", ())),
            tuple(step.get("不答", ())),
            step.get("办理"),
            tuple(step["工单"]) if "工单" in step else None,
            tuple(step["转人工"].split("|")) if "转人工" in step else (),
        )


@dataclass(frozen=True)
class DialogueScript:
    """A whole conversation; `visitor` is signed in by the site."""

    name: str
    visitor: str | None
    steps: tuple[Step, ...]


def read_dialogues(path: Path) -> list[DialogueScript]:
    """The dialogues of one file. Raises ValueError for a broken one."""
    found = []
    for written in yaml.safe_load(path.read_text("utf-8")):
        if unknown := set(written) - _DIALOGUE:
            raise ValueError(f"{path.name}: a dialogue knows no {unknown}")
        try:
            steps = tuple(Step.read(step) for step in written["对话"])
        except (AttributeError, TypeError) as error:
            raise ValueError(f"{path.name}: {written['名称']} is not written as it should be") from error
        found.append(DialogueScript(f"{path.stem}/{written['名称']}", written.get("登录"), steps))
    return found
