"""One short sentence for a customer who is worried or displeased, before the answer."""

from __future__ import annotations

from actions.turn import Turn

SENTENCES: dict[str, tuple[str, ...]] = {
    "anxious": ("我明白您着急，马上帮您看。", "别担心，咱们一起看看怎么办。", "理解您的心情，这就帮您处理。"),
    "dissatisfied": ("给您添麻烦了，抱歉。", "让您失望了，很抱歉。", "这样的体验确实不好，抱歉。"),
    "angry": ("实在抱歉让您这么生气。", "非常抱歉，您的不满我都看到了。"),
}
# Below, a question sounds worried (会不会…) without its writer being so; comfort would be out of place.
_WORRIED = 0.55
_ALL = tuple(sentence for group in SENTENCES.values() for sentence in group)


def empathy(turn: Turn) -> str:
    """The sentence, or nothing when the customer is calm, hardly worried, or comforted already.

    The same message always gets the same sentence, so that a repeated turn reads alike.
    """
    group = SENTENCES.get(turn.emotion)
    hedging = turn.emotion == "anxious" and turn.emotion_intensity < _WORRIED
    if group is None or hedging or any(line.text.startswith(_ALL) for line in turn.said):
        return ""
    return group[sum(map(ord, turn.text)) % len(group)]
