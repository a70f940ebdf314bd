"""Errors in entries, at the gate of the studio."""

from __future__ import annotations

import json

from tests.console.conftest import NEW, Shop


def test_an_error_in_an_entry_is_refused_until_a_reason_overrides_it(shop: Shop) -> None:
    shop.edit("print", answer="二楼，问13812345678。")
    candidate = shop.build()["candidate"]
    (finding,) = candidate["findings"]
    assert finding.startswith("条目 print（馆里能打印吗）的答案有错误：像是含有个人信息")
    assert candidate["questions"] == {"print": "馆里能打印吗"}
    live = shop.get("releases")["live"]
    publishing = {"release": candidate["name"], "seen": live, "note": "加电话"}
    assert shop.post("publish", publishing, 409)["error"]["code"] == "gate_refused"
    # A number that the shop makes public is no error any more, and that needs no build.
    policy = shop.folder / "data" / "faq_lint.yml"
    policy.write_text("contacts: ['13812345678']\n", "utf-8")
    assert shop.get("releases")["candidate"]["findings"] == []
    policy.unlink()
    done = shop.post("publish", {**publishing, "override": "值班电话"})
    assert (done["history"][0]["override"], done["history"][0]["findings"]) == ("值班电话", [finding])


def test_a_release_without_kept_findings_is_judged_all_the_same(shop: Shop) -> None:
    live = shop.get("releases")["live"]
    folder = shop.models / "faq" / "releases" / live
    manifest = json.loads((folder / "release.json").read_text("utf-8"))
    del manifest["files"]["lint.json"]
    (folder / "release.json").write_text(json.dumps(manifest), "utf-8")
    (folder / "lint.json").unlink()
    shop.edit("print", answer=NEW)
    assert shop.build()["candidate"]["findings"] == []
    assert shop.get(f"reports/{live}")["findings"] is None
