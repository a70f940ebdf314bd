"""The FAQ studio over HTTP: who may, what is refused, and the way from an edit to an answer."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.faq.topic_file import load_entries
from tests.console.conftest import GOLDEN, NEW, OLD, Shop


def test_entries_are_found_by_text_topic_and_lint(shop: Shop) -> None:
    everything = shop.get("entries")
    assert everything["total"] == 6
    assert everything["topics"] == [{"name": "library", "title": "图书馆", "entries": 6}]
    found = shop.get("entries?text=小程序")
    assert {entry["id"] for entry in found["entries"]} == {"renew", "seat"}
    assert {entry["state"] for entry in found["entries"]} == {"live"}
    assert shop.get("entries?text=小程序&topic=nowhere")["total"] == 0
    by_severity = [shop.get(f"entries?severity={s}")["total"] for s in ("error", "warning", "info", "none")]
    assert sum(by_severity) == 6
    assert [entry["id"] for entry in shop.get("entries?offset=5")["entries"]] == ["print"]


def test_an_entry_is_saved_into_its_file_with_its_history(shop: Shop) -> None:
    saved = shop.edit("print", answer=NEW, similar=["打个文件多少钱"])
    assert (saved["state"], saved["values"]["answer"]) == ("changed", NEW)
    assert saved["live"]["answer"] == OLD
    (change,) = saved["changes"]
    assert (change["kind"], change["author"]) == ("changed", "管理员")
    assert change["before"]["similar"] != change["after"]["similar"] == ["打个文件多少钱"]
    entry = next(e for e in load_entries(shop.folder / "data" / "faq") if e.id == "print")
    assert entry.similar == ("打个文件多少钱",)
    again = shop.edit("print")
    assert len(again["changes"]) == 1
    assert shop.get("entries?text=打个文件多少钱")["entries"][0]["state"] == "changed"


def test_two_maintainers_do_not_overwrite_each_other(shop: Shop) -> None:
    seen = shop.get("entries/print")
    shop.edit("print", answer=NEW)
    body = {"topic": seen["topic"], "values": seen["values"], "based_on": seen["revision"]}
    error = shop.post("entries/print", body, 409)["error"]
    assert (error["code"], error["message"]) == (
        "content_changed",
        "别人刚刚改过这里的内容，请载入最新内容后再改。",
    )
    shop.post("entries/print/delete", {"based_on": seen["revision"]}, 409)
    assert shop.get("entries/print")["values"]["answer"] == NEW


def test_wrong_fields_are_named_in_chinese(shop: Shop) -> None:
    wrong = {"question": " ", "similar": ["好的", "两\n行"], "valid_from": "昨天"}
    links = [{"title": "看", "url": "javascript:alert(1)"}]
    buttons = [{"title": "去", "entry": "nowhere"}]
    error = shop.edit("print", 422, **wrong, links=links, buttons=buttons)["error"]
    assert error["code"] == "entry_refused"
    fields = {"question", "similar[2]", "valid_from", "links[1].url", "buttons[1].entry"}
    assert set(error["fields"]) == fields
    assert error["fields"]["similar[2]"] == "只能写一行，不能换行"
    assert shop.get("entries/print")["state"] == "live"
    assert "id" in shop.edit("print", 422, id="prints")["error"]["fields"]


def test_entries_are_made_and_removed(shop: Shop) -> None:
    values = {"id": "music", "question": "馆里能听音乐吗", "answer": "可以，请戴耳机。"}
    made = shop.post("entries", {"topic": "library", "values": values})
    assert (made["state"], made["live"], made["changes"][0]["kind"]) == ("new", None, "created")
    error = shop.post("entries", {"topic": "library", "values": values}, 422)["error"]
    assert error["fields"] == {"id": "编号 music 已经有条目在用"}
    shop.post("entries", {"topic": "garden", "values": {**values, "id": "x"}}, 422)
    shop.edit("print", buttons=[{"title": "音乐", "entry": "music"}])
    refused = shop.post("entries/music/delete", {"based_on": made["revision"]}, 422)
    assert "馆里能打印吗" in refused["error"]["fields"]["id"]
    shop.edit("print", buttons=[])
    shop.post("entries/music/delete", {"based_on": made["revision"]})
    shop.get("entries/music", 404)
    kinds = [change["kind"] for change in shop.get("history")["changes"]]
    assert kinds == ["deleted", "changed", "changed", "created"]


def test_lint_of_all_and_of_what_is_being_written(shop: Shop) -> None:
    everything = shop.get("findings")
    assert sum(everything["counts"].values()) == len(everything["findings"])
    shown = shop.get("entries/print")
    values = {**shown["values"], "answer": "请打13812345678。", "similar": ["周末开放吗"]}
    found = shop.post("check", {"topic": shown["topic"], "values": values})["findings"]
    assert {"personal-data", "conflicting-answers"} <= {finding["code"] for finding in found}
    assert shop.get("entries/print")["state"] == "live"


def test_the_preview_shows_what_each_channel_would_say(shop: Shop) -> None:
    shown = shop.get("entries/print")
    assert [one["text"] for one in shown["preview"]] == [OLD] * 5
    forms = {"rich": "**两角**一页。", "channels": {"wechat": "二楼，两角。"}}
    below = {"buttons": [{"title": "续借", "entry": "renew"}]}
    written = {"topic": shown["topic"], "values": {**shown["values"], **forms, **below}}
    web, wechat, *_ = shop.post("check", written)["preview"]
    assert (web["text"], web["rich"], wechat["plain"]) == (OLD, "**两角**一页。", "二楼，两角。\n1. 续借")
    shop.edit("renew", audience="agents")
    assert shop.post("check", written)["preview"][0]["buttons"] == []


def test_golden_questions_are_kept_with_the_comment_of_their_file(shop: Shop) -> None:
    shown = shop.get("golden")
    assert (shown["golden"], shown["questions"]) == ([GOLDEN], {"print": "馆里能打印吗"})
    more = [*shown["golden"], {"question": "给我唱首歌", "expected": None}]
    titled = [{**GOLDEN, "expected": "馆里能打印吗？"}, more[1]]
    saved = shop.post("golden", {"golden": titled, "based_on": shown["revision"]})
    assert saved["golden"] == more
    file = shop.folder / "data" / "faq_golden.yml"
    assert file.read_text("utf-8").startswith("# What must stay right.\n- question:")
    shop.post("golden", {"golden": [], "based_on": shown["revision"]}, 409)
    wrong = [*more, {"question": "给我唱首歌", "expected": "nowhere"}, {"question": " ", "expected": None}]
    error = shop.post("golden", {"golden": wrong, "based_on": saved["revision"]}, 422)["error"]
    assert set(error["fields"]) == {"golden[3].question", "golden[3].expected", "golden[4].question"}
    shop.get("golden/results", 404)
    shop.edit("print", answer=NEW)
    shop.build()
    assert [r["verdict"] for r in shop.get("golden/results")["results"]] == ["right", "right"]
    assert [c["kind"] for c in shop.get("history")["changes"]] == ["changed", "golden"]


def test_an_edit_becomes_a_candidate_is_published_and_taken_back(shop: Shop) -> None:
    start = shop.get("releases")
    first = start["live"]
    assert (start["candidate"], start["earlier"]) == (None, None)
    with shop.service.socket() as browser:
        browser.say("打印照片要几块钱")
        browser.message("bot")
    shop.edit("print", answer=NEW)
    assert [c["entry"] for c in shop.get("releases")["pending"]["changed"]] == ["print"]
    page = shop.build()
    assert page["build"]["state"] == "done", page["build"]
    candidate = page["candidate"]
    assert (page["live"], candidate["base"], candidate["findings"]) == (first, first, [])
    assert candidate["difference"]["changed"][0]["fields"] == ["answer"]
    assert page["pending"]["changed"] == []

    tried = shop.post("try", {"text": "打印照片要几块钱"})
    live, draft = tried["live"]["replies"][0], tried["draft"]["replies"][0]
    assert (live["entry"], draft["entry"]) == ("print", "print")
    assert live["entries"][0]["answer"] == OLD
    assert draft["entries"][0]["answer"] == NEW
    assert tried["draft"]["created"] == candidate["created"]

    publishing = {"release": candidate["name"], "seen": first, "note": "写清楚价钱"}
    shop.post("publish", {**publishing, "note": ""}, 422)
    shop.post("publish", {**publishing, "release": "20000101-000000-00000000"}, 404)
    shop.post("publish", {**publishing, "seen": "another"}, 409)
    done = shop.post("publish", publishing)
    assert (done["history"][0]["by"], done["history"][0]["note"]) == ("管理员", "写清楚价钱")
    wait_until_live(shop, candidate["name"])
    assert shop.post("try", {"text": "打印照片要几块钱"})["draft"] is None
    shop.post("rollback", {"seen": first, "note": "迟了"}, 409)
    back = shop.post("rollback", {"seen": candidate["name"], "note": "先不改"})
    assert (back["serving"]["release"], back["serving"]["action"]) == (first, "rollback")
    wait_until_live(shop, first)
    assert shop.get("releases")["candidate"]["name"] == candidate["name"]
    shop.post("rollback", {"seen": first, "note": "再往前"}, 404)


def wait_until_live(shop: Shop, release: str) -> None:
    deadline = time.monotonic() + 30
    while shop.get("build")["live"] != release:
        assert time.monotonic() < deadline, f"{release} never serves"
        time.sleep(0.05)


def test_replay_shows_what_changes_for_customers(shop: Shop) -> None:
    shop.post("replay", {}, 404)
    shop.edit("print", answer=NEW)
    shop.build()
    for _ in range(2):
        with shop.service.socket() as browser:
            browser.say("打印照片要几块钱")
            browser.message("bot")
    found = shop.post("replay", {"last": 10})
    assert (found["asked"], found["counts"]["reworded"]) == (2, 2)
    (change,) = found["changes"]
    assert change["after"]["answer"] == NEW
    assert found["questions"] == {"print": "馆里能打印吗"}


def test_the_gate_refuses_and_a_reason_overrides_it(shop: Shop) -> None:
    shown = shop.get("golden")
    shop.edit("print", answer=NEW)
    wrong = [{**GOLDEN, "expected": "lost"}]
    shop.post("golden", {"golden": wrong, "based_on": shown["revision"]})
    page = shop.build()
    (finding,) = page["candidate"]["findings"]
    assert GOLDEN["question"] in finding
    publishing = {"release": page["candidate"]["name"], "seen": page["live"], "note": "改价钱"}
    error = shop.post("publish", publishing, 409)["error"]
    assert (error["code"], error["detail"]) == ("gate_refused", finding)
    done = shop.post("publish", {**publishing, "override": "黄金问题写错了，随后就改"})
    assert done["history"][0]["override"] == "黄金问题写错了，随后就改"
    assert done["history"][0]["findings"] == [finding]


def test_the_report_has_the_plots(shop: Shop) -> None:
    report = shop.get(f"reports/{shop.get('releases')['live']}")
    curve, bins = report["curve"], report["bins"]
    assert [p["answered"] for p in curve] == sorted((p["answered"] for p in curve), reverse=True)
    assert all(p["low"] <= p["wrong"] <= p["high"] for p in curve)
    predicted = report["estimate"]["in_scope_questions"] + report["estimate"]["off_topic_questions"]
    assert sum(found["questions"] for found in bins) == predicted
    assert all(0 <= found["observed"] <= 1 for found in bins)
    assert report["expected_wrong"][0] <= 1000 * report["estimate"]["wrong"] <= report["expected_wrong"][1]
    assert {finding["severity"] for finding in report["findings"]} <= {"error", "warning", "info"}
    # 24 questions are too few to learn from.
    assert (report["own_calibration"], report["coverage"]) == (False, [])
    shop.get("reports/20000101-000000-00000000", 404)
    shop.get("reports/..%2F..%2Fsecret", 404)


def test_a_failed_build_and_broken_files_say_what_is_wrong(shop: Shop) -> None:
    (shop.folder / "data" / "off_topic.txt").write_text("就一行\n", "utf-8")
    page = shop.build()
    assert (page["build"]["state"], page["candidate"]) == ("failed", None)
    assert "off_topic.txt" in page["build"]["problem"]
    broken = shop.folder / "data" / "faq" / "broken.yml"
    broken.write_text("topic: [\n", "utf-8")
    error = shop.get("entries", 409)["error"]
    assert error["code"] == "faq_files_broken"
    assert "broken.yml" in error["message"]


READING = ["entries", "entries/print", "findings", "history", "golden", "replay", "releases", "build"]
VALUES = {"id": "x", "question": "问", "answer": "答"}
CHANGES: list[tuple[str, dict[str, Any]]] = [
    ("entries", {"topic": "library", "values": VALUES}),
    ("entries/print", {"topic": "library", "values": VALUES, "based_on": ""}),
    ("entries/print/delete", {"based_on": ""}),
    ("check", {"topic": "library", "values": VALUES}),
    ("golden", {"golden": [], "based_on": ""}),
    ("try", {"text": "问"}),
    ("replay", {}),
    ("build", {}),
    ("publish", {"release": "x", "seen": None, "note": "发"}),
    ("rollback", {"seen": None, "note": "退"}),
]


def test_strangers_and_agents_are_kept_out(shop: Shop) -> None:
    shop.service.client.cookies.clear()
    for path in READING:
        shop.get(path, 401)
    shop.headers = shop.sign_in("agent")
    for path in READING:
        assert shop.get(path, 403)["error"]["message"] == "您没有权限进行此操作。"
    for path, body in CHANGES:
        shop.post(path, body, 403)
    shop.headers = shop.sign_in("maintainer")
    shop.edit("print", answer=NEW)


@pytest.mark.parametrize("headers", [{}, {"X-Bot-CSRF": "guessed"}])
def test_changes_need_the_page(shop: Shop, headers: dict[str, str]) -> None:
    shop.headers = headers
    for path, body in CHANGES:
        shop.post(path, body, 403)


def test_bad_input_is_refused(shop: Shop) -> None:
    for path in (
        "entries?severity=bad",
        "entries?offset=-1",
        f"entries?text={'长' * 201}",
        "history?entry=" + "x" * 65,
    ):
        shop.get(path, 422)
    shop.get("entries/nowhere", 404)
    refused: list[tuple[str, dict[str, Any]]] = [
        ("try", {"text": ""}),
        ("try", {"text": "长" * 2001}),
        ("try", {"text": "问", "release": "x"}),
        ("replay", {"last": 0}),
        ("replay", {"last": 5001}),
        ("publish", {"release": "x", "seen": None, "note": "长" * 201}),
        ("entries", {"topic": "library", "values": {**VALUES, "answer": "长" * 10_001}}),
        ("entries", {"topic": "library", "values": {**VALUES, "similar": ["问"] * 501}}),
        ("entries", {"topic": "library", "values": {**VALUES, "live": True}}),
        ("golden", {"golden": [{"question": "问", "expected": 3}], "based_on": ""}),
    ]
    for path, body in refused:
        shop.post(path, body, 422)
    assert shop.get("entries")["total"] == 6
