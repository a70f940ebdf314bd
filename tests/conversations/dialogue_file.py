"""Conversations written down for people, as YAML: what the customer says, and what must come of it.

```yaml
- 名称: 查物流
  登录: demo-chen          # a customer of data/shop whom the site has signed in
  对话:
    - 客户: 我的快递到哪了    # typed; or 点: the title of a button of the last message that has it
      答: [云杉短款羽绒服]    # each of these is in what the bot says
      不答: [手机]          # none of these is
      转人工: requested     # the reason of the hand-off; without it there is none
```
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_STEP = {"客户", "点", "答", "不答", "转人工"}
_DIALOGUE = {"名称", "登录", "对话"}


@dataclass(frozen=True)
class Step:
    """One message of the customer, typed or clicked, and what must follow."""

    says: str | None
    clicks: str | None
    answers: tuple[str, ...]
    never: tuple[str, ...]
    handoff: str | None

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
            tuple(step.get("答", ())),
            tuple(step.get("不答", ())),
            step.get("转人工"),
        )


@dataclass(frozen=True)
class DialogueScript:
    """A whole conversation; `visitor` is signed in by the site."""

    name: str
    visitor: str | None
    steps: tuple[Step, ...]


def read_dialogues(folder: Path) -> list[DialogueScript]:
    """All files of the folder. Raises ValueError for a broken one."""
    found = []
    for path in sorted(folder.glob("*.yml")):
        for written in yaml.safe_load(path.read_text("utf-8")):
            if unknown := set(written) - _DIALOGUE:
                raise ValueError(f"{path.name}: a dialogue knows no {unknown}")
            steps = tuple(Step.read(step) for step in written["对话"])
            found.append(DialogueScript(f"{path.stem}/{written['名称']}", written.get("登录"), steps))
    return found
