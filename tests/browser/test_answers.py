"""A customer asks and is answered."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from bot.faq.entry import Entry
from bot.faq.topic_file import load_entries
from tests.browser.visitor import ROOT, Visitor
from tests.browser.widget import Widget

# Written for this test; none of them stands in the FAQ.
QUESTIONS = {
    "买够多少钱就不用付邮费了呀": "shipping-fee",
    "积分攒到明年会不会被清零": "membership-points-expiry",
    "两张满减券一单里能同时用不": "coupons-stack",
    "快递单上可以不写我的真名和电话吗": "privacy-waybill",
    "给公司报销，抬头那里我该填些啥": "invoices-title-info",
    "密码想不起来了，咋登进去": "account-forgot-password",
    "手机换号了，绑的还是老号码怎么改": "account-change-phone",
    "人工客服晚上十点还在吗": "contact-hours",
    "你们有实体店能去看看吗": "contact-offline-store",
    "预付的定金不想要货了能拿回来吗": "orders-presale-deposit",
}


def faq() -> dict[str, Entry]:
    return {entry.id: entry for entry in load_entries(ROOT / "data" / "faq")}


def test_ten_real_questions_are_answered_right(widget: Widget, customer: Visitor) -> None:
    entries = faq()
    known = {question for entry in entries.values() for question in entry.questions}
    assert known.isdisjoint(QUESTIONS)
    for question, entry in QUESTIONS.items():
        answer = widget.ask(question)
        expect(answer.locator(".bubble"), question).to_have_text([entries[entry].answer])
        titles = [link.title for link in entries[entry].links]
        expect(answer.locator(".links a")).to_have_text([re.compile(title) for title in titles])
    expect(widget.status).to_have_text("智能客服为您服务")
    customer.shot("answers")


def test_a_vague_question_is_clarified_and_the_click_is_answered(widget: Widget, customer: Visitor) -> None:
    by_question = {entry.question: entry for entry in faq().values()}
    asked = widget.ask("会员的事")
    choices = asked.locator(".buttons button")
    expect(choices.last).to_have_text("转人工")
    titles = choices.all_inner_texts()[:-1]
    assert 1 <= len(titles) <= 3
    customer.shot("clarification")
    choices.first.click()
    expect(choices.first).to_be_disabled()
    expect(choices.first).to_have_attribute("aria-pressed", "true")
    expect(widget.answer(titles[0]).locator(".bubble")).to_have_text(by_question[titles[0]].answer)
    expect(widget.said(titles[0])).to_have_count(1)
    customer.shot("clarified")


def test_a_question_of_the_greeting_is_answered(widget: Widget) -> None:
    suggestions = widget.log.get_by_role("group", name="您可能想问").get_by_role("button")
    question = suggestions.first.inner_text().strip()
    suggestions.first.click()
    expect(widget.answer(question)).to_have_count(1)


def test_the_links_of_an_answer_open_a_page_and_the_window_stays(widget: Widget, customer: Visitor) -> None:
    answer = widget.ask("两张满减券一单里能同时用不")
    link = answer.locator(".links a").first
    title = link.inner_text().strip()
    before = widget.transcript()
    link.click()
    expect(customer.page).to_have_url(re.compile(r"/(help|my)/"))
    expect(customer.page.get_by_role("heading", level=1)).to_be_visible()
    widget.wait_for_line()
    assert widget.transcript() == before
    customer.shot("page-behind-a-link")
    assert title


def test_every_link_of_the_faq_opens_a_page_with_its_name(customer: Visitor) -> None:
    paths = sorted({link.url for entry in faq().values() for link in entry.links if link.url.startswith("/")})
    heading = customer.page.get_by_role("heading", level=1)
    for path in paths:
        response = customer.page.request.get(path)
        assert response.status == 200, path
    for path in paths[:: max(1, len(paths) // 6)]:
        customer.page.goto(path)
        expect(heading, path).not_to_have_text(re.compile("^(帮助中心|我的云杉)$"))
