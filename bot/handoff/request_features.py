"""What the request model looks at: characters, characters with word lists folded, and the phrase rules."""

from __future__ import annotations

import hashlib
import inspect
import math
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.emotion import normalize
from bot.handoff import request_phrases as phrases

# Letters stand for word lists, so that 让仓库的同事来讲 and 叫财务的老师来说 look alike. The order decides.
_FOLDED = {
    "H": phrases.word_list("human") + "|人类|human",
    "B": phrases.word_list("boss") + "|管理层|管事的?|做主的?|说了算的?|拍板的?",
    "K": phrases.word_list("desk") + "|同事|接待|技术支持|财务|业务员",
    "R": "机器人?|自动回复|ai|程序|复读机",
    "T": "转接到?|转交|转给|转到|转|接通|接入|接给|接到|切换到?|切|切到|连线|接",
    "F": "找|叫|喊|请|派|安排|换|呼叫|联系|要求|要|让|给我|来",
    "S": phrases.word_list("talk") + "|唠|摆|掰扯",
    "N": "不用|不要|不必|不需要|没必要|无需|不想|别|莫|甭|没|不",
    "C": "打.{0,3}电话|回电话?|来电|致电|打给我|电话",
    "E": phrases.word_list("earlier"),
    "Q": "几点|多久|多长时间|多少|什么时候|哪些|有没有|怎么|吗|么|什么",
    "V": "处理|解决|帮|看看|看一下|看|回答|回复|答|管|理",
    "A": "快递员?|师傅|送货员?|安装|维修|上门|配送员?",
}
_WORDS = re.compile("|".join(f"(?P<{letter}>{words})" for letter, words in _FOLDED.items()))
_NUMBER = re.compile(r"\d{3,}")
_PATTERNS = (
    phrases.HUMAN,
    phrases.DECLINES,
    phrases.QUESTIONS,
    phrases.CALLBACK,
    phrases.INSISTS,
    phrases.EARLIER_PERSON,
    *phrases.REPORTS,
    *phrases.ASKS,
)
_PATTERN_VALUE = 0.3
_CHARACTERS = range(1, 5)
_FOLDED_CHARACTERS = range(1, 6)
# A message may be 2,000 characters long; a wish for a human stands at its start or its end.
_KEPT = 150


def features_digest() -> str:
    """16 hex digits that change with this file and the phrases: a model fits only what it was trained on."""
    sources = (inspect.getsource(sys.modules[__name__]), inspect.getsource(phrases))
    return hashlib.sha256("\0".join(sources).encode()).hexdigest()[:16]


def grams(text: str) -> tuple[Counter[str], Counter[str]]:
    """Counts of character runs in the normalised text, plain (1 to 4 long) and folded (1 to 5)."""
    form = _form(text)
    folded = _WORDS.sub(lambda found: found.lastgroup or "", phrases.OTHER_WORDS.sub("O", form))
    return _runs("c", f"^{form}$", _CHARACTERS), _runs("f", f"^{folded}$", _FOLDED_CHARACTERS)


def features(text: str, rarity: Mapping[str, float]) -> dict[str, float]:
    """Feature values: runs that `rarity` knows, weighted by it, each kind of length 1; and which rules match.

    `rarity` is the inverse document frequency of every run seen in training.
    """
    values: dict[str, float] = {}
    for counts in grams(text):
        found = {run: (1 + math.log(n)) * rarity[run] for run, n in counts.items() if run in rarity}
        length = math.sqrt(sum(value * value for value in found.values())) or 1.0
        values.update((run, value / length) for run, value in found.items())
    form = _form(text)
    values.update((f"p{i}", _PATTERN_VALUE) for i, one in enumerate(_PATTERNS) if one.search(form))
    return values


def rarities(texts: Sequence[str], least: int = 2) -> dict[str, float]:
    """Smoothed inverse document frequency of the runs that occur in at least `least` texts."""
    seen: Counter[str] = Counter()
    for text in texts:
        for counts in grams(text):
            seen.update(counts.keys())
    total = 1 + len(texts)
    return {run: math.log(total / (1 + n)) + 1 for run, n in seen.items() if n >= least}


def _form(text: str) -> str:
    form = normalize(text).lower()
    for slip, meant in phrases.SPELLINGS.items():
        form = form.replace(slip, meant)
    form = _NUMBER.sub("0", form)
    return form if len(form) <= 2 * _KEPT else f"{form[:_KEPT]}…{form[-_KEPT:]}"


def _runs(kind: str, form: str, lengths: range) -> Counter[str]:
    return Counter(f"{kind}{form[i : i + n]}" for n in lengths for i in range(len(form) - n + 1))
