"""The intent model: it learns, keeps itself without pickle, and refuses what it cannot train on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.faq.encoder import HashEncoder
from bot.nlu.intent_features import FeatureWeights, Sentence, character_form
from bot.nlu.intent_model import IntentModel
from bot.nlu.intent_network import NetworkSettings

ENCODER = HashEncoder(64)
WEIGHTS, SETTINGS = FeatureWeights(least=1), NetworkSettings(hidden=32, networks=2)
LINES = {
    "greet": ["你好", "您好呀", "在吗", "早上好", "哈喽", "嗨你好", "Hello there"],
    "request_return": ["我要退货", "这件想退掉", "帮我退货吧", "申请退货退款", "衣服退了", "我想退货"],
    "faq": ["运费怎么算", "邮费多少钱", "几天能到货", "怎么开发票", "包邮吗", "多少钱免运费"],
}


def sentence(text: str) -> Sentence:
    return Sentence(text, tuple(text), ENCODER.encode([text]))


@pytest.fixture(scope="module")
def model() -> IntentModel:
    pairs = [(sentence(line), intent) for intent, lines in LINES.items() for line in lines]
    return IntentModel.fit([s for s, _ in pairs], [i for _, i in pairs], WEIGHTS, SETTINGS)


def test_it_recognises_lines_like_those_it_learned(model: IntentModel) -> None:
    best = [
        ranked[0].intent
        for ranked in model.rank([sentence("你好呀"), sentence("我要退货了"), sentence("运费多少")])
    ]
    assert best == ["greet", "request_return", "faq"]


def test_it_is_the_same_after_saving(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    texts = [sentence("想退货"), sentence("在不在"), sentence("没见过的话😊")]
    np.testing.assert_allclose(
        IntentModel.load(tmp_path).probabilities(texts), model.probabilities(texts), atol=1e-6
    )
    assert {path.suffix for path in tmp_path.iterdir()} == {".json", ".npz"}


@settings(max_examples=50, deadline=None)
@given(text=st.text(min_size=1, max_size=30))
def test_any_text_gets_a_full_ranking(model: IntentModel, text: str) -> None:
    (ranked,) = model.rank([sentence(text)])
    assert {r.intent for r in ranked} == set(LINES)
    sure = sum(r.confidence for r in ranked)
    assert sure == pytest.approx(1, abs=1e-4) or sure == pytest.approx(0.25, abs=1e-4)
    assert [r.confidence for r in ranked] == sorted((r.confidence for r in ranked), reverse=True)


@pytest.mark.parametrize(
    ("text", "sense"),
    [
        ("hello", True),
        ("ＨＥＬＬＯ！", True),
        ("hellohello there", True),
        ("qweqwe", False),
        ("hel lo", False),
        ("asd, jkl?", False),
        ("qweqwe 12", True),
        ("qweqwe在", True),
        ("12", True),
        ("！？", True),
    ],
)
def test_letters_that_make_no_word_leave_it_in_doubt(model: IntentModel, text: str, sense: bool) -> None:
    (ranked,) = model.rank([sentence(text)])
    assert sum(r.confidence for r in ranked) == pytest.approx(1 if sense else 0.25, abs=1e-4)


def test_two_intents_are_enough() -> None:
    pairs = [(sentence(line), intent) for intent in ("greet", "faq") for line in LINES[intent]]
    model = IntentModel.fit([s for s, _ in pairs], [i for _, i in pairs], WEIGHTS, SETTINGS)
    assert model.rank([sentence("您好")])[0][0].intent == "greet"


def test_it_names_an_intent_with_too_few_lines() -> None:
    lines = [*LINES["greet"], "退货"]
    with pytest.raises(ValueError, match="request_return"):
        IntentModel.fit(
            [sentence(line) for line in lines], ["greet"] * 7 + ["request_return"], WEIGHTS, SETTINGS
        )


@pytest.mark.parametrize("bad", [{"vectors": -1}, {"characters": -0.1}, {"words": -2}, {"least": -1}])
def test_weights_name_the_bad_value(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        FeatureWeights(**bad)


@pytest.mark.parametrize("bad", ["hidden", "epochs", "networks"])
def test_settings_name_the_bad_value(bad: str) -> None:
    with pytest.raises(ValueError, match=bad):
        NetworkSettings(**{bad: 0})


def test_training_twice_gives_the_same_model(model: IntentModel) -> None:
    pairs = [(sentence(line), intent) for intent, lines in LINES.items() for line in lines]
    again = IntentModel.fit([s for s, _ in pairs], [i for _, i in pairs], WEIGHTS, SETTINGS)
    texts = [sentence("想退货"), sentence("在不在")]
    np.testing.assert_array_equal(again.probabilities(texts), model.probabilities(texts))


def test_character_form_folds_what_does_not_matter() -> None:
    assert character_form("ＹＳ2026110512 到哪了！！！") == character_form("ys2026999999 到哪了!")
