"""The demo shop: 300 orders of 80 invented customers, the same ones every time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bot.errors import ConfigurationError
from bot.shop.address import Address
from bot.shop.customer import Customer, Level, Recipient
from bot.shop.deadlines import SHOP_ZONE
from bot.shop.demo_journey import Road
from bot.shop.demo_stories import AGES, STORIES
from bot.shop.money import FREE, Money
from bot.shop.order import Order, OrderLine

# The day that everything is written for; orders are moved from there to now when they are read.
START = datetime(2025, 1, 6, tzinfo=SHOP_ZONE)
SEED = 20260118
FREE_FROM = Money.yuan(99)
FREIGHT = Money.yuan(8)
DEDUCTIONS = (0, 0, 0, 10, 20)


@dataclass(frozen=True)
class Product:
    """One thing that the demo shop sells."""

    product: str
    title: str
    price: Money
    variants: tuple[str, ...]
    no_reason_return: bool
    warranty_months: int
    large: bool


@dataclass(frozen=True)
class FloatingOrder:
    """An order as it is at `floats_from`; later it moves along by whole steps of `step_minutes`."""

    order: Order
    floats_from: datetime
    step_minutes: int


@dataclass(frozen=True)
class Demo:
    """The demo's customers and orders."""

    customers: tuple[Customer, ...]
    orders: tuple[FloatingOrder, ...]


@dataclass(frozen=True)
class _Buyer:
    customer: Customer
    address: Address
    days: int


def read_catalogue(folder: Path) -> Mapping[str, Product]:
    """The products of catalogue.yml by their plain word. Raises ConfigurationError for a broken file."""
    return {
        entry["product"]: Product(
            product=entry["product"],
            title=entry["title"],
            price=Money(round(entry["price"] * 100)),
            variants=tuple(entry.get("variants", ())),
            no_reason_return=entry.get("no_reason_return", True),
            warranty_months=entry.get("warranty", 0),
            large=entry.get("large", False),
        )
        for entry in _read(folder / "catalogue.yml")["products"]
    }


def build_demo(folder: Path) -> Demo:
    """The demo of the files in `folder` (data/shop). Raises ConfigurationError for an unusable file."""
    try:
        rng = Random(SEED)
        catalogue = read_catalogue(folder)
        people, plan = _read(folder / "people.yml"), _read(folder / "demo.yml")
        named = [_named_buyer(entry, people, rng) for entry in plan["customers"]]
        crowd = _crowd(people, plan["customers_besides"], {buyer.customer.phone for buyer in named}, rng)
        orders = [
            _order(
                entry["number"],
                buyer,
                entry["story"],
                entry.get("age"),
                [catalogue[p] for p in entry["products"]],
                rng,
            )
            for buyer, customer in zip(named, plan["customers"], strict=True)
            for entry in customer["orders"]
        ]
        orders += _orders_of_the_crowd(crowd, catalogue, plan["stories"], rng)
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(f"the demo shop's files in {folder} are unusable: {error!r}") from error
    return Demo(tuple(buyer.customer for buyer in (*named, *crowd)), tuple(orders))


def _read(path: Path) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(f"the demo shop's file {path} cannot be read: {error}") from error


def _home(people: Any, rng: Random) -> tuple[Address, int]:
    province, city, district, days = rng.choice(people["places"])
    door = f"{rng.randint(1, 20)}幢{rng.randint(101, 2604)}室"
    house = f"{rng.choice(people['streets'])}{rng.randint(1, 399)}号{rng.choice(people['estates'])}{door}"
    return Address(province, city, district, house), days


def _named_buyer(entry: Any, people: Any, rng: Random) -> _Buyer:
    customer = Customer(entry["id"], entry["name"], entry["phone"], entry["level"])
    return _Buyer(customer, *_home(people, rng))


def _crowd(people: Any, count: int, taken: set[str], rng: Random) -> list[_Buyer]:
    names = [f"{surname}{given}" for surname in people["surnames"] for given in people["given_names"]]
    phones = set(taken)
    buyers = []
    levels: Sequence[Level] = ("standard", "standard", "standard", "silver", "silver", "gold", "black")
    for index, name in enumerate(rng.sample(names, count), 1):
        while (phone := f"154{rng.randrange(10**8):08d}") in phones:
            pass
        phones.add(phone)
        customer = Customer(f"demo-{index:03d}", name, phone, rng.choice(levels))
        buyers.append(_Buyer(customer, *_home(people, rng)))
    return buyers


def _orders_of_the_crowd(
    crowd: Sequence[_Buyer], catalogue: Mapping[str, Product], stories: Mapping[str, int], rng: Random
) -> Iterator[FloatingOrder]:
    told = [story for story, count in stories.items() for _ in range(count)]
    rng.shuffle(told)
    products = list(catalogue.values())
    repairable = [product for product in products if product.warranty_months]
    changeable = [product for product in products if product.variants]
    returnable = [product for product in products if product.no_reason_return]
    numbers = rng.sample(range(2500000000, 2599999999), len(told))
    for place, (story, number) in enumerate(zip(told, numbers, strict=True)):
        # Everybody has one order before anybody has two.
        buyer = crowd[place] if place < len(crowd) else rng.choice(crowd)
        first = rng.choice(
            repairable
            if story.startswith("repair")
            else changeable
            if story.startswith("exchange")
            else returnable
            if story.startswith("return")
            else products
        )
        basket = [
            first,
            *rng.sample([one for one in products if one != first], rng.choice((0, 0, 0, 1, 1, 2))),
        ]
        yield _order(f"YS{number}", buyer, story, None, basket, rng)


def _order(
    number: str, buyer: _Buyer, story: str, age: int | None, basket: Sequence[Product], rng: Random
) -> FloatingOrder:
    placed = START + timedelta(minutes=rng.randint(8 * 60, 22 * 60))
    unpaid = _unpaid(number, buyer, placed, basket, rng)
    order, last = STORIES[story](unpaid, Road(buyer.days, buyer.address.city, buyer.address.district), rng)
    if story == "pending_payment":
        # Steps shorter than the half hour to pay: it never runs out.
        return FloatingOrder(order, last + timedelta(minutes=rng.randint(1, 9)), 20)
    days = age if age is not None else rng.randint(*AGES.get(story, (0, 0)))
    return FloatingOrder(order, last + timedelta(days=days), 24 * 60)


def _unpaid(number: str, buyer: _Buyer, placed: datetime, basket: Sequence[Product], rng: Random) -> Order:
    quantities = [2 if product.price < Money.yuan(60) and rng.random() < 0.4 else 1 for product in basket]
    prices = [product.price * quantity for product, quantity in zip(basket, quantities, strict=True)]
    goods = sum(prices, FREE)
    discount = Money.yuan(rng.choice(DEDUCTIONS)) if goods >= FREE_FROM else FREE
    paid = goods - discount
    free = paid >= FREE_FROM or buyer.customer.level == "black" or any(product.large for product in basket)
    shares = [Money(price.fen * paid.fen // goods.fen) for price in prices]
    shares[0] += paid - sum(shares, FREE)
    lines = []
    for place, (product, quantity, share) in enumerate(zip(basket, quantities, shares, strict=True), 1):
        variant = rng.choice(product.variants) if product.variants else None
        lines.append(
            OrderLine(
                id=str(place),
                product=product.product,
                title=product.title,
                variant=variant,
                price=product.price,
                quantity=quantity,
                paid=share,
                other_variants=tuple(one for one in product.variants if one != variant),
                no_reason_return=product.no_reason_return,
                warranty_months=product.warranty_months,
            )
        )
    freight = FREE if free else FREIGHT
    return Order(
        number=number,
        customer=buyer.customer.id,
        state="pending_payment",
        placed_at=placed,
        lines=tuple(lines),
        recipient=Recipient(buyer.customer.name, buyer.customer.phone, buyer.address),
        freight=freight,
        discount=discount,
        total=paid + freight,
        pay_by=placed + timedelta(minutes=30),
    )
