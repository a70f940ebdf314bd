"""One short sentence for a customer who is worried or displeased, before the answer.

It names the problem where the message does. An apology comes once an episode, and only for what the shop did;
no sentence comes twice.
"""

from __future__ import annotations

from actions.complaint_kind import complaint_matter
from actions.turn import Turn

SENTENCES: dict[str, tuple[str, ...]] = {
    "anxious": (
        "我明白您着急，咱们先把事情弄清楚。",
        "别担心，咱们一起看看怎么办。",
        "理解您的心情，咱们一步一步来。",
    ),
    "dissatisfied": (
        "这样的体验确实不好，我来帮您看看。",
        "我听到了，咱们一起把这件事办好。",
        "您的感受我明白，先看看怎么解决。",
    ),
    "angry": (
        "看得出您很生气，我先帮您把问题弄清楚。",
        "您的不满我都听到了，先把事情解决。",
        "换了谁都会生气，咱们马上来解决。",
    ),
}
# For what the shop did itself. Of everything else somebody has to find out first who did it.
APOLOGIES: dict[str, tuple[str, ...]] = {
    "客服态度问题": ("客服没有好好接待您，抱歉。", "客服的态度让您不舒服了，抱歉。"),
    "一直没人处理的问题": ("一直没有人跟进，让您白等了，抱歉。", "这件事没有及时处理，让您久等了，抱歉。"),
    "发错商品的问题": ("发错商品是我们的疏忽，抱歉。", "商品发错了，耽误您用了，抱歉。"),
    "少发商品的问题": ("少发了东西是我们的疏忽，抱歉。", "东西没有发全，给您添麻烦了，抱歉。"),
    "商品破损的问题": ("收到的商品是破损的，让您失望了，抱歉。", "商品到手就有破损，给您添麻烦了，抱歉。"),
    "商品疑似用过的问题": ("收到用过的商品，是我们没有把好关，抱歉。", "不该让您收到用过的商品，抱歉。"),
    "商品质量问题": ("商品出了质量问题，给您添麻烦了，抱歉。", "商品的质量让您失望了，抱歉。"),
    "迟迟没发货的问题": ("迟迟没有发货，让您久等了，抱歉。", "发货太慢，是我们没有做好，抱歉。"),
    "快递配送问题": ("配送没有做好，给您添麻烦了，抱歉。", "配送的事让您费心了，抱歉。"),
}
# Below, a question sounds worried (会不会…) without its writer being so; comfort would be out of place.
_WORRIED = 0.55
_COMFORT = tuple(sentence for group in SENTENCES.values() for sentence in group)
_SORRY = tuple(sentence for group in APOLOGIES.values() for sentence in group)


def empathy(turn: Turn) -> str:
    """The sentence, or nothing when the customer is calm, hardly worried, or was comforted just before.

    The same message always gets the same sentence, so that a repeated turn reads alike.
    """
    group = SENTENCES.get(turn.emotion)
    hedging = turn.emotion == "anxious" and turn.emotion_intensity < _WORRIED
    if group is None or hedging or any(_comforts(line.text) for line in turn.said):
        return ""
    if turn.emotion != "anxious" and not turn.apologised:
        group = APOLOGIES.get(complaint_matter(turn.text), group)
    fresh = [sentence for sentence in group if not any(text.startswith(sentence) for text in turn.told)]
    return fresh[sum(map(ord, turn.text)) % len(fresh)] if fresh else ""


def is_apology(text: str) -> bool:
    """Whether a message of the bot begins with an apology for what the shop did."""
    return text.startswith(_SORRY)


def _comforts(text: str) -> bool:
    return text.startswith((*_COMFORT, *_SORRY))
