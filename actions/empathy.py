"""One short sentence for a customer who is worried or displeased, before the answer.

It names the problem where the message does. An apology comes once an episode, and only for what the shop did;
no sentence comes twice.
"""

from __future__ import annotations

from actions.complaint_kind import at_fault, complaint_matter
from actions.turn import Turn

SENTENCES: dict[str, tuple[str, ...]] = {
    "anxious": (
        "我明白您着急，马上帮您看。",
        "别担心，咱们一起看看怎么办。",
        "理解您的心情，这就帮您处理。",
    ),
    "dissatisfied": (
        "这样的体验确实不好，我来帮您看看。",
        "我听到了，咱们一起把这件事办好。",
        "您的感受我记下了，这就帮您处理。",
    ),
    "angry": (
        "看得出这件事让您很生气，我马上帮您处理。",
        "您的不满我都听到了，先把事情解决。",
        "换了谁都会生气，我这就帮您看。",
    ),
}
APOLOGIES = (
    "您说的{matter}，给您添麻烦了，抱歉。",
    "{matter}，确实让您失望了，抱歉。",
    "{matter}，是我们没有做好，抱歉。",
)
# Below, a question sounds worried (会不会…) without its writer being so; comfort would be out of place.
_WORRIED = 0.55
_COMFORT = tuple(sentence for group in SENTENCES.values() for sentence in group)
_ENDINGS = tuple(apology.rpartition("{matter}")[2] for apology in APOLOGIES)


def empathy(turn: Turn) -> str:
    """The sentence, or nothing when the customer is calm, hardly worried, or was comforted just before.

    The same message always gets the same sentence, so that a repeated turn reads alike.
    """
    group = SENTENCES.get(turn.emotion)
    hedging = turn.emotion == "anxious" and turn.emotion_intensity < _WORRIED
    if group is None or hedging or any(_comforts(line.text) for line in turn.said):
        return ""
    matter = complaint_matter(turn.text)
    if turn.emotion != "anxious" and at_fault(matter) and not turn.apologised:
        group = tuple(apology.format(matter=matter) for apology in APOLOGIES)
    fresh = [sentence for sentence in group if not any(text.startswith(sentence) for text in turn.told)]
    return fresh[sum(map(ord, turn.text)) % len(fresh)] if fresh else ""


def is_apology(text: str) -> bool:
    """Whether a message of the bot begins with an apology for what the shop did."""
    return any(ending in text.partition("\n")[0] for ending in _ENDINGS)


def _comforts(text: str) -> bool:
    return text.startswith(_COMFORT) or is_apology(text)
