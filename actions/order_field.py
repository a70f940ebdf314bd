"""Which order, and which of its products: by number, product, day, place in the list, or a button."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from actions.form import Field, choice_button
from actions.view import LINE, ORDER, SHOP_ZONE, View
from bot.messages import Button
from bot.shop.order import BEFORE_DISPATCH, UNDERWAY, Order, OrderLine

SHOWN = 5
Eligible = Callable[[Order], bool]

_ORDINALS = ("第一|最近|最新|最上面|刚买|刚下", "第二", "第三", "第四", "第五")
_PLACE = re.compile(r"^(?:第|选|要)?([1-5])(?:个|单)?$")
_DAYS = {"大前天": 3, "前天": 2, "昨天": 1, "昨日": 1, "昨晚": 1, "今天": 0, "今日": 0, "今早": 0, "今晚": 0}
_CALENDAR = re.compile(r"(?:(\d{4})[年/.-])?(\d{1,2})[月/.-](\d{1,2})")
_SAME = re.compile(r"这[个一]?[单件笔]|那[个一]?[单件笔]|刚才那|刚刚那|上面那|还是它|就是它|同一[个单]")

_HAN = re.compile(r"[\u4e00-\u9fff]+")
_NUMERAL = re.compile(r"[一二两三四五六七八九十]")
_IN_MANY_TITLES = frozenset({"充电", "电器", "手机", "智能", "无线", "运动", "家用"})
_THAT_ONE = r"了?的?[那这]?一?(?:单(?!号)|个订单)"
_STATES: tuple[tuple[re.Pattern[str], Eligible], ...] = tuple(
    (re.compile(f"(?:{words}){_THAT_ONE}"), is_in)
    for words, is_in in (
        ("取消", lambda order: order.state == "cancelled"),
        ("[没未待]付款", lambda order: order.state == "pending_payment"),
        ("[没未待]发货", lambda order: order.state in BEFORE_DISPATCH),
        ("在?路上|运输中?|[没未]收到", lambda order: order.state in UNDERWAY),
        ("(?<![没未])(?:签收|收到)", lambda order: order.state == "signed"),
        ("换货", lambda order: order.open_case is not None and order.open_case.kind == "exchange"),
        ("维修|在修", lambda order: order.open_case is not None and order.open_case.kind == "repair"),
        ("退货", lambda order: order.open_case is not None and order.open_case.kind == "return"),
    )
)

_ONE_ORDER = re.compile(r"[那这]一?[单个件笔]|[买拍下订]的")


def order_title(order: Order) -> str:
    """How an order is named to its customer: 11月17日 云杉短款羽绒服等2件（运输中）."""
    placed = order.placed_at.astimezone(SHOP_ZONE)
    return f"{placed.month}月{placed.day}日 {goods(order)}（{order.state_text}）"


def goods(order: Order) -> str:
    """What is in the order, in a few words."""
    first = order.lines[0].title
    return first if len(order.lines) == 1 else f"{first}等{len(order.lines)}件"


def line_title(line: OrderLine) -> str:
    """The product with its colour or size."""
    return f"{line.title}（{line.variant}）" if line.variant else line.title


def order_field(eligible: Eligible, *, resets: Sequence[str] = ()) -> Field:
    """The field `order`: chosen among those that `eligible` admits, or among all where there is none."""

    def candidates(view: View) -> tuple[Order, ...]:
        return tuple(order for order in view.orders if eligible(order)) or view.orders

    def named(view: View) -> str | None:
        return _named(view, candidates(view))

    def read(view: View) -> str | None:
        found = candidates(view)
        return _named(view, found) or _placed(view, found) or _described(view, found)

    def default(view: View) -> str | None:
        if view.missing:
            return None
        found = candidates(view)
        if len(found) == 1:
            return found[0].number
        if described := _described(view, found):
            return described
        recent = view.find(view.recent)
        # Who names another product or day does not mean the order that was spoken of.
        return recent.number if recent in found and not (_told(view) and not _matches(recent, view)) else None

    def buttons(view: View) -> tuple[Button, ...]:
        found = candidates(view)
        narrowed = tuple(order for order in found if _matches(order, view)) or found
        return tuple(choice_button(order_title(order), order.number) for order in narrowed[:SHOWN])

    return Field(
        slot=ORDER,
        prompts="which_order",
        read=read,
        read_first=named,
        default=default,
        trouble=_trouble,
        needed=lambda view: view.known,
        buttons=buttons,
        title="订单",
        resets=(LINE, *resets),
    )


def line_field(*, resets: Sequence[str] = ()) -> Field:
    """The field `line`: asked only where the order has more than one product."""

    def read(view: View) -> str | None:
        order = view.order
        if order is None:
            return None
        if view.turn.choice is not None:
            return view.turn.choice if order.line(view.turn.choice) else None
        return _line_named(view) or _line_placed(view, order)

    def default(view: View) -> str | None:
        order = view.order
        return order.lines[0].id if order and len(order.lines) == 1 else None

    def buttons(view: View) -> tuple[Button, ...]:
        lines = view.order.lines if view.order else ()
        return tuple(choice_button(line_title(line), line.id) for line in lines)

    return Field(
        slot=LINE,
        prompts="which_line",
        read=read,
        read_first=_line_named,
        default=default,
        needed=lambda view: view.order is not None,
        buttons=buttons,
        title="商品",
        words=lambda view: line_title(view.line) if view.line else None,
        resets=tuple(resets),
    )


def _named(view: View, among: tuple[Order, ...]) -> str | None:
    """The one order that the message names by number, product or day."""
    if view.turn.choice is not None:
        return view.turn.choice if view.find(view.turn.choice) else None
    number = view.turn.mention("order_number")
    if number is not None:
        return number if view.find(number) else None
    if view.recent and view.find(view.recent) and _SAME.search(view.turn.text) and not _told(view):
        return view.recent
    found = [order for order in view.orders if _matches(order, view)] if _told(view) else []
    if view.order in found:
        return view.values[ORDER]
    if len(found) > 1:
        found = [order for order in found if order in among]
    return found[0].number if len(found) == 1 else None


def _trouble(view: View) -> str | None:
    if view.missing:
        return "utter_order_not_found"
    unmatched = _told(view) and not any(_matches(order, view) for order in view.orders)
    return "utter_order_unmatched" if unmatched and _ONE_ORDER.search(view.turn.text) else None


def _told(view: View) -> bool:
    return bool(_days(view)) or view.turn.mention("product") is not None


def _matches(order: Order, view: View) -> bool:
    days, products = _days(view), {m.value for m in view.turn.mentions if m.kind == "product"}
    on_day = order.placed_at.astimezone(SHOP_ZONE).date() in days
    has_product = any(_is_called(line, product) for line in order.lines for product in products)
    return (on_day or not days) and (has_product or not products) and bool(days or products)


def _is_called(line: OrderLine, product: str) -> bool:
    """Whether the product's name fits: 手表 is said of a 智能手表, too."""
    return line.product.endswith(product)


def _described(view: View, among: tuple[Order, ...]) -> str | None:
    """The one order with a piece of its title in the message (收腰裙子), or in the state that it names."""
    text = view.turn.text
    if view.turn.choice is not None or text.startswith("/"):
        return None
    said = _pairs(text)
    titled = [order for order in among if any(_pairs(line.title) & said for line in order.lines)]
    found = titled or [order for order in among if _is_in_named_state(order, text)]
    return found[0].number if len(found) == 1 else None


def _pairs(words: str) -> frozenset[str]:
    """Any two characters in a row that may tell one product from another."""
    pairs = {a + b for run in _HAN.findall(words) for a, b in pairwise(run)}
    return frozenset(pair for pair in pairs - _IN_MANY_TITLES if not _NUMERAL.search(pair))


def _is_in_named_state(order: Order, text: str) -> bool:
    return any(words.search(text) and is_in(order) for words, is_in in _STATES)


def _days(view: View) -> tuple[date, ...]:
    today = view.now.astimezone(SHOP_ZONE).date()
    found: list[date] = []
    for mention in view.turn.mentions:
        if mention.kind != "date":
            continue
        if mention.value in _DAYS:
            found.append(today - timedelta(days=_DAYS[mention.value]))
        elif match := _CALENDAR.match(mention.value):
            found.extend(_calendar_day(match, today))
    return tuple(found)


def _calendar_day(match: re.Match[str], today: date) -> tuple[date, ...]:
    try:
        day = date(int(match[1] or today.year), int(match[2]), int(match[3]))
    except ValueError:
        return ()
    return (day if match[1] or day <= today else day.replace(year=day.year - 1),)


def _place(view: View) -> int | None:
    text = view.turn.text.strip(" ，。！!,.吧的")
    if place := _PLACE.match(text):
        return int(place[1]) - 1
    return next((i for i, words in enumerate(_ORDINALS) if re.search(words, text)), None)


def _placed(view: View, candidates: tuple[Order, ...]) -> str | None:
    place = _place(view)
    if place is not None and place < len(candidates):
        return candidates[place].number
    digits = re.findall(r"(?<!\d)\d{4,10}(?!\d)", view.turn.text)
    found = [order for order in view.orders if digits and order.number.endswith(digits[-1])]
    return found[0].number if len(found) == 1 else None


def _line_named(view: View) -> str | None:
    order = view.order
    if order is None:
        return None
    products = {mention.value for mention in view.turn.mentions if mention.kind == "product"}
    found = [line for line in order.lines if any(_is_called(line, product) for product in products)]
    return found[0].id if len(found) == 1 else None


def _line_placed(view: View, order: Order) -> str | None:
    place = _place(view)
    return order.lines[place].id if place is not None and place < len(order.lines) else None
