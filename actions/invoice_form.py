"""Form: an electronic invoice for a completed order."""

from __future__ import annotations

import re
import unicodedata

from actions.confirmation import confirmation
from actions.form import SKIPPED, Field, Form, choice_button
from actions.identity_fields import IDENTITY_FIELDS
from actions.moment import moment
from actions.order_field import goods, order_field
from actions.speech import Speech
from actions.view import ORDER, View
from bot.messages import Button
from bot.shop import rules
from bot.shop.known_customer import KnownCustomer
from bot.shop.order import InvoiceRequest

KIND, TITLE, TAX, EMAIL = "invoice_kind", "invoice_title", "invoice_tax", "invoice_email"
_KINDS = {"personal": "个人", "company": "企业"}
_COMPANY = re.compile(r"公司|企业|单位|集团|工厂|事务所|有限")
_PERSONAL = re.compile(r"个人|私人|自己|我本人")
_TAX = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{15,20}(?![0-9A-Za-z])")
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_FIRM = re.compile(r"[一-龥A-Za-z0-9（）()·]{2,40}(?:公司|集团|事务所|工厂|中心|合作社|学校|医院|店)")
_LEAD = re.compile(
    r"^.*?(?:(?:抬头|名称|全称|公司名?|单位|企业)(?:名称|抬头)?(?:改成|换成|改为|是|为|叫|写|开|用|填|[:：])+"
    r"|开给|[发票]给|[改换写开]成|[改换]为)|^(?:抬头|[是叫写开给]|[:：])+"
)
_CLAUSES = re.compile(r"[\s，,。；;！!？?、]+")
_NOT_A_NAME = re.compile(r"发票|开票|抬头|税号|邮箱|[我你咱]们?|应该|不是|[@？?]")
_NO_TAX = re.compile(
    r"(?:没有?|无|不要|不用|不填|不需要)(?:公司|企业)?的?税号|税号.{0,3}(?:没有|不用|不要|不填)"
)
_NO_EMAIL = re.compile(r"(?:不用|不要|别|不需要|不必).{0,4}邮[箱件]")
_LIKE_TAX = re.compile(r"[0-9A-Za-z]{8,}")
_SHORTEST_TITLE, _LONGEST_TITLE = 2, 60
_NONE = Button("不用了", "/deny")


def read_kind(view: View) -> str | None:
    """`personal` or `company`."""
    turn = view.turn
    if turn.choice in _KINDS:
        return turn.choice
    if _PERSONAL.search(turn.text):
        return "personal"
    return "company" if _COMPANY.search(turn.text) else None


def read_firm(view: View) -> str | None:
    """A company's name that is told in passing."""
    if view.values.get(KIND) != "company":
        return None
    for clause in _CLAUSES.split(_plain(view)):
        found = _FIRM.match(_LEAD.sub("", clause))
        if found and len(found[0]) > len("有限公司") and not _NOT_A_NAME.search(found[0]):
            return found[0]
    return None


def read_title(view: View) -> str | None:
    """Whatever was typed, once it was asked for, unless it is plainly no name."""
    firm = read_firm(view)
    words = _TAX.sub("", _LEAD.sub("", _plain(view))).strip(" ，。,.")
    if firm is not None or view.turn.sure("affirm", "deny") or _NOT_A_NAME.search(words):
        return firm
    return words if _SHORTEST_TITLE <= len(words) <= _LONGEST_TITLE and not words.isdigit() else None


def read_tax(view: View) -> str | None:
    """15 to 20 digits and capital letters, or that there is none."""
    found = _TAX.search(_plain(view).upper())
    if found:
        return found[0]
    return SKIPPED if _NO_TAX.search(view.turn.text) else None


def read_email(view: View) -> str | None:
    """An e-mail address, or that none is wanted."""
    found = _EMAIL.search(_plain(view))
    if found:
        return found[0]
    return SKIPPED if _NO_EMAIL.search(view.turn.text) else None


def _title_trouble(view: View) -> str | None:
    """Without a tax number an invoice needs the name all the same."""
    return "utter_invoice_without_tax" if _NO_TAX.search(view.turn.text) else None


def _tax_trouble(view: View) -> str | None:
    if view.turn.text.startswith("/") or _EMAIL.search(_plain(view)):
        return None
    if _LIKE_TAX.search(_plain(view)) and not view.turn.mention("order_number"):
        return "utter_ask_invoice_tax_again"
    return "utter_invoice_which_tax" if view.turn.sure("affirm") else None


def _email_trouble(view: View) -> str | None:
    if "@" in _plain(view):
        return "utter_ask_invoice_email_again"
    return "utter_invoice_which_email" if view.turn.sure("affirm") else None


def _plain(view: View) -> str:
    return unicodedata.normalize("NFKC", view.turn.text)


def check(view: View) -> None:
    """As soon as the order is known."""
    if view.order is not None:
        rules.check_invoice(view.order, view.now)


async def finish(view: View, customer: KnownCustomer | None) -> tuple[Speech, ...]:
    """Ask the shop for it."""
    assert customer is not None, "the form identifies"
    given = {slot: value for slot, value in view.values.items() if value != SKIPPED}
    company = given[KIND] == "company"
    request = InvoiceRequest(
        kind="company" if company else "personal",
        title=given[TITLE] if company else "个人",
        email=given.get(EMAIL),
        tax_number=given.get(TAX) if company else None,
    )
    invoice = await customer.request_invoice(given[ORDER], request, view.turn.message_id)
    facts = {"number": invoice.number, "amount": str(invoice.amount), "ready_by": moment(invoice.ready_by)}
    return (Speech(response="utter_invoice_done", values=facts),)


def _summary(view: View) -> dict[str, str]:
    order = view.order
    assert order is not None, "confirmed after the order is chosen"
    company = view.values[KIND] == "company"
    tax = view.values.get(TAX, SKIPPED)
    email = view.values.get(EMAIL, SKIPPED)
    title = view.values[TITLE] if company else "个人"
    return {
        "order": order.number,
        "goods": goods(order),
        "title": title + (f"，税号 {tax}" if tax != SKIPPED else ""),
        "email": f"发到 {email}" if email != SKIPPED else "在“我的发票”里下载",
    }


def _is_company(view: View) -> bool:
    return view.values.get(KIND) == "company"


INVOICE_FORM = Form(
    name="invoice_form",
    fields=(
        *IDENTITY_FIELDS,
        order_field(lambda order: order.state == "completed" and order.invoice is None),
        Field(
            slot=KIND,
            prompts="invoice_kind",
            read=read_kind,
            read_first=read_kind,
            needed=lambda view: view.order is not None,
            buttons=lambda _view: tuple(choice_button(title, kind) for kind, title in _KINDS.items()),
            title="抬头类型",
            words=lambda view: _KINDS.get(view.values[KIND]),
            resets=(TITLE, TAX),
        ),
        Field(
            slot=TITLE,
            prompts="invoice_title",
            read=read_title,
            read_first=read_firm,
            anew=read_firm,
            trouble=_title_trouble,
            needed=_is_company,
            title="抬头",
            free_text=True,
        ),
        Field(
            slot=TAX,
            prompts="invoice_tax",
            read=read_tax,
            read_first=read_tax,
            trouble=_tax_trouble,
            needed=_is_company,
            buttons=lambda _view: (_NONE,),
            title="税号",
            optional=True,
        ),
        Field(
            slot=EMAIL,
            prompts="invoice_email",
            read=read_email,
            read_first=read_email,
            trouble=_email_trouble,
            needed=lambda view: view.order is not None,
            buttons=lambda _view: (_NONE,),
            title="邮箱",
            optional=True,
        ),
        confirmation("invoice_confirm", _summary),
    ),
    stopped="utter_invoice_stopped",
    finish=finish,
    check=check,
    entries=("invoices-apply",),
)
