"""Form: hurry the warehouse or the courier."""

from __future__ import annotations

from actions.form import Form
from actions.identity_fields import IDENTITY_FIELDS
from actions.moment import moment
from actions.order_field import goods, order_field
from actions.speech import Speech
from actions.view import ORDER, View
from bot.shop.known_customer import KnownCustomer
from bot.shop.order import UNDERWAY


async def finish(view: View, customer: KnownCustomer | None) -> tuple[Speech, ...]:
    """Urge; the shop decides whether there is something to urge."""
    assert customer is not None, "the form identifies"
    order = view.order
    assert order is not None, "the form asks for an order"
    urge = await customer.urge(view.values[ORDER], view.turn.message_id)
    facts = {"order": order.number, "goods": goods(order), "answer_by": moment(urge.answer_by)}
    return (Speech(response=f"utter_urge_{urge.kind}", values=facts),)


URGE_FORM = Form(
    name="urge_form",
    fields=(
        *IDENTITY_FIELDS,
        order_field(lambda order: order.state in UNDERWAY | {"paid", "packing"}),
    ),
    stopped="utter_stop",
    finish=finish,
    entries=("shipping-urge",),
)
