"""Addresses as customers type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import AddressIncomplete, AddressNotServed
from bot.shop.address import Address


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("上海浦东新区张杨路500号3楼", ("上海市", "上海市", "浦东新区", "张杨路500号3楼")),
        ("北京 北京市 朝阳区 建国路88号", ("北京市", "北京市", "朝阳区", "建国路88号")),
        ("浙江省，杭州市，西湖区，文三路90号", ("浙江省", "杭州市", "西湖区", "文三路90号")),
        ("杭州市西湖区文三路90号", ("", "杭州市", "西湖区", "文三路90号")),
        ("广东东莞市长安镇幸福小区3栋", ("广东省", "东莞市", "长安镇", "幸福小区3栋")),
        (
            "新疆伊犁哈萨克自治州伊宁市解放路1号",
            ("新疆维吾尔自治区", "伊犁哈萨克自治州", "伊宁市", "解放路1号"),
        ),
        ("吉林省吉林市昌邑区解放路3号", ("吉林省", "吉林市", "昌邑区", "解放路3号")),
    ],
)
def test_parts(text: str, parts: tuple[str, str, str, str]) -> None:
    address = Address.parse(text)
    assert (address.province, address.city, address.district, address.detail) == parts
    assert address.masked().masked() == address.masked()
    assert parts[3] not in str(address.masked())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "朝阳区建国路88号",
        "浙江省杭州市",
        "浙江省杭州市西湖区",
        "送到我公司",
        "西湖区文三路超市对面",
        "路" * 200,
    ],
)
def test_what_is_missing_is_asked_for(text: str) -> None:
    with pytest.raises(AddressIncomplete):
        Address.parse(text)


@pytest.mark.parametrize("text", ["香港九龙弥敦道1号", "台湾省台北市中正区忠孝东路1号", "寄到海外，美国加州"])
def test_only_the_mainland_is_served(text: str) -> None:
    with pytest.raises(AddressNotServed):
        Address.parse(text)


@given(st.text(alphabet="浙江省杭州市西湖区县镇路街号1 ，上海北京a", max_size=40))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        address = Address.parse(text)
    except (AddressIncomplete, AddressNotServed):
        return
    assert address.city
    assert address.district
    assert address.detail
