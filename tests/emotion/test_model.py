"""The trained model beside the lexicon, on hand-written messages that are in no training line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bot.emotion import LABELS, RISKS, EmotionDetector, normalize
from bot.emotion.evidence import Evidence
from bot.emotion.lexicon import Lexicon
from bot.emotion.model import EmotionModel
from bot.emotion.training import read_examples, train_emotion_model
from bot.errors import ArtefactMismatch, ConfigurationError
from bot.faq.encoder import HashEncoder
from bot.faq.message_vectors import MessageVectors
from bot.faq.topic_file import load_entries

DATA = Path(__file__).parents[2] / "data" / "emotion"
LEXICON = DATA / "lexicon.tsv"
ENTRIES = load_entries(DATA.parent / "faq")
QUESTIONS = [entry.questions for entry in ENTRIES]
# What is asked under these names a risk, or may well do so.
ABOUT_A_RISK = {
    "account-stolen",
    "account-unknown-order",
    "account-fraud-call",
    "complaints-unsatisfied",
    "privacy-protect",
}


@pytest.mark.parametrize(
    "text",
    [
        "垃圾桶有脚踩的款式吗",
        "笔记本老是死机，重装系统要收费吗",
        "炸鸡翅的调料包有卖吗",
        "我不生气，你说说怎么办就行",
        "投诉电话多少，给我存一下",
        "运费险是不是骗保险公司的钱，哈哈，怎么赔的",
        "火锅底料有没有番茄味的",
        "燃气报警器要不要年检",
        "律师函能用你们的打印机打吗",
        "屏幕碎了，请问怎么换",
        "太漂亮了！！！我妈特别喜欢！！！",
        "包裹压变形了一点，里面没坏，跟你们讲一声",
    ],
)
def test_calm_messages_with_frightening_words_stay_calm(detector: EmotionDetector, text: str) -> None:
    emotion = detector.detect(text)
    assert (emotion.label, emotion.risk) == ("calm", "none")
    assert emotion.intensity <= 0.25


@pytest.mark.parametrize(
    "text",
    [
        "你们可真行，五天了还没出仓库的门",
        "不愧是大公司，一个退款能审半个月",
        "谢谢你们啊，让我的周末全耗在等师傅上",
        "客服问一句答半句，等于没问",
        "收到的跟图上完全不是一个颜色，挺失望",
    ],
)
def test_cold_sarcasm_and_disappointment_are_dissatisfied(detector: EmotionDetector, text: str) -> None:
    emotion = detector.detect(text)
    assert emotion.label == "dissatisfied"
    assert 0.3 <= emotion.intensity <= 0.85


@pytest.mark.parametrize(
    "text",
    [
        "后天一早的航班，箱子还没派送，怎么办呀",
        "奶奶的降压药只剩今晚一顿了，能不能快点",
        "付了钱订单不见了，好慌，会不会被吞了",
    ],
)
def test_worry_without_blame_is_anxious(detector: EmotionDetector, text: str) -> None:
    assert detector.detect(text).label == "anxious"


@pytest.mark.parametrize(
    "text",
    [
        "你们把我当傻子骗是吧？今天不给说法谁都别想好过！",
        "收我的钱比谁都快，退钱就装死，你们还要脸吗！",
        "第四次了！！！又发错！！！你们脑子呢！！！",
        "黑了良心的店，连小孩的奶粉都敢掺假！",
    ],
)
def test_heat_is_angry_and_strong(detector: EmotionDetector, text: str) -> None:
    emotion = detector.detect(text)
    assert emotion.label == "angry"
    assert emotion.intensity >= 0.7
    assert emotion.cues


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("不给退我就打12315，再不行就起诉你们", "legal_threat"),
        ("我马上把这些截图发到小红书和抖音，让大家看看", "media_exposure"),
        ("客服你是不是蠢，傻逼玩意", "abuse"),
        ("我真的不想活了，让我死了吧", "self_harm"),
        ("有人盗了我的号，卡里两千块被刷走了", "fraud"),
        ("12315的志愿者服在你们这能定做吗", "none"),
        ("在抖音上看到这个杯子，还有货吗", "none"),
        ("傻瓜相机的胶卷有卖吗", "none"),
        ("金鱼买回来两天就死了，包赔吗", "none"),
        ("防盗门的锁芯能单买吗", "none"),
        ("客服你这脑子是摆着好看的吧", "abuse"),
        ("鲨比东西，会不会看图", "abuse"),
        ("把话都留给我妈了，今晚就走，不回来了", "self_harm"),
        ("这台豆浆机真垃圾，打出来全是渣", "none"),
        ("狗粮买十斤装的划算吗", "none"),
        ("怎么教老人防骗", "none"),
    ],
)
def test_risks_and_their_near_misses(detector: EmotionDetector, text: str, risk: str) -> None:
    assert detector.detect(text).risk == risk


def test_figures_on_the_tuning_lines(detector: EmotionDetector) -> None:
    # Written apart from the training lines; thresholds were chosen on them.
    examples = read_examples(DATA / "tuning.jsonl")
    assert len(examples) >= 450
    found = [detector.detect(example.text) for example in examples]
    angry = [
        one.label == "angry" for one, example in zip(found, examples, strict=True) if example.label == "angry"
    ]
    calm = [
        one.label == "angry" for one, example in zip(found, examples, strict=True) if example.label == "calm"
    ]
    risky = [
        one.risk == example.risk
        for one, example in zip(found, examples, strict=True)
        if example.risk != "none"
    ]
    assert sum(angry) >= 0.95 * len(angry)
    assert sum(calm) <= 0.03 * len(calm)
    assert sum(risky) >= 0.95 * len(risky)


def test_risks_are_heard_in_lines_written_before_the_training_lines(detector: EmotionDetector) -> None:
    examples = read_examples(DATA / "risks_development.jsonl")
    found = [detector.detect(example.text).risk for example in examples]
    for risk in RISKS[:-1]:
        wanted = [one == risk for one, example in zip(found, examples, strict=True) if example.risk == risk]
        assert sum(wanted) >= 0.9 * len(wanted), risk
    harmless = [one for one, example in zip(found, examples, strict=True) if example.risk == "none"]
    assert sum(one != "none" for one in harmless) <= 0.1 * len(harmless)


def test_tuning_and_training_lines_are_apart() -> None:
    def bare(text: str) -> str:
        return "".join(character for character in normalize(text) if character.isalnum()) or text

    taught = {bare(one.text) for path in (DATA / "training").glob("*.jsonl") for one in read_examples(path)}
    assert len(taught) >= 4000
    apart = [DATA / "tuning.jsonl", DATA / "risks_development.jsonl"]
    for path in [*apart, *(Path(__file__).parent / "development").glob("*.jsonl")]:
        assert not taught & {bare(one.text) for one in read_examples(path)}, path.name


def test_the_telling_clause_is_shown_where_no_phrase_is(detector: EmotionDetector) -> None:
    text = "鞋子是黑色的，客服问一句答半句等于没问，码数42"
    emotion = detector.detect(text)
    assert emotion.label != "calm"
    assert all(cue in text for cue in emotion.cues)
    assert emotion.cues


@pytest.mark.parametrize("text", ["", " ", "🙂", "。。。", "\x00\u200b", "\ud800"])
def test_messages_without_words_are_calm(detector: EmotionDetector, text: str) -> None:
    emotion = detector.detect(text)
    assert (emotion.label, emotion.intensity, emotion.risk, emotion.cues) == ("calm", 0.0, "none", ())


@settings(deadline=None, max_examples=60)
@given(
    st.one_of(
        st.text(max_size=80),
        st.sampled_from(["退钱", "谢谢", "急", "！！！", "骗子", "吗", "，"]).map(lambda t: t * 9),
    )
)
def test_any_text_keeps_the_ranges(detector: EmotionDetector, text: str) -> None:
    emotion = detector.detect(text)
    assert emotion.label in LABELS
    assert emotion.risk in RISKS
    assert 0 <= emotion.intensity <= 1
    assert all(cue and cue in text for cue in emotion.cues)
    low, high = {"calm": (0, 0.25), "angry": (0.6, 1)}.get(emotion.label, (0.3, 0.85))
    assert low <= emotion.intensity <= high


def test_loud_typing_raises_the_intensity(detector: EmotionDetector) -> None:
    assert detector.detect("退钱！！！骗子！！！").intensity >= detector.detect("退钱，骗子").intensity


def test_intensity_rises_with_the_feeling(detector: EmotionDetector) -> None:
    talk = ("麻烦帮我看下退款", "退款拖一个礼拜了，说话不算数", "再不退我弄死你们这帮骗子！！！")
    felt = [detector.detect(text).intensity for text in talk]
    assert felt == sorted(set(felt))


@pytest.mark.parametrize("text", ["我不会起诉你们的，放宽心", "没有要曝光谁的意思", "我没被骗，是误会"])
def test_a_denied_risk_is_none(detector: EmotionDetector, text: str) -> None:
    assert detector.detect(text).risk == "none"


@pytest.mark.parametrize(
    "text", ["长" * 900, "阿巴阿巴", "哇啦哇啦哇啦", "发到 caiwu@yunfan.cn", "发到 hr@cg.com"]
)
def test_nonsense_and_addresses_are_calm(detector: EmotionDetector, text: str) -> None:
    emotion = detector.detect(text)
    assert (emotion.label, emotion.risk) == ("calm", "none")


@pytest.mark.parametrize(
    "text", ["我不在单位，邻居也没在", "我不在上海了", "我不想再跟你绕了", "我不在了你们就放前台"]
)
def test_who_is_away_or_tired_of_talking_is_in_no_danger(detector: EmotionDetector, text: str) -> None:
    assert detector.detect(text).risk == "none"


def test_feel_says_what_detect_says(detector: EmotionDetector) -> None:
    text = "等了一个月了，你们到底管不管"
    assert asyncio.run(detector.feel(text)) == detector.detect(text)


def test_a_saved_model_is_not_trained_again(
    models: Path, vectors: MessageVectors, detector: EmotionDetector
) -> None:
    path = models / "emotion.json"
    before = path.stat().st_mtime_ns
    assert train_emotion_model(DATA, vectors, models, QUESTIONS) == path
    assert path.stat().st_mtime_ns == before


class BrokenVectors:
    def __init__(self, fingerprint: str) -> None:
        self.fingerprint = fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise RuntimeError("the encoder is gone")


def test_failing_vectors_leave_the_lexicon(
    models: Path, vectors: MessageVectors, detector: EmotionDetector, caplog: pytest.LogCaptureFixture
) -> None:
    broken = EmotionDetector.load(LEXICON, models, BrokenVectors(vectors.fingerprint))
    alone = EmotionDetector.load(LEXICON)
    assert broken.detect("气死我了，退钱！") == alone.detect("气死我了，退钱！")
    assert "lexicon judges alone" in caplog.text


def test_a_missing_or_foreign_model_leaves_the_lexicon(
    models: Path, detector: EmotionDetector, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    alone = EmotionDetector.load(LEXICON)
    for folder in (tmp_path, models):
        caplog.clear()
        detector = EmotionDetector.load(LEXICON, folder, MessageVectors(HashEncoder()))
        assert detector.detect("我要投诉你们") == alone.detect("我要投诉你们")
        assert "bot nlu train" in caplog.text


def small_model(folder: Path) -> tuple[EmotionModel, MessageVectors]:
    """A model of few lines on hashed characters, quick to train."""
    (folder / "training").mkdir(parents=True)
    (folder / "lexicon.tsv").write_text("太慢\tdissatisfied\t0.5\t-\n", "utf-8")
    kinds = [(label, "none") for label in LABELS] + [("angry", risk) for risk in RISKS[:-1]]
    for batch in range(4):
        rows = [{"text": f"{label}{risk}{batch}", "emotion": label, "risk": risk} for label, risk in kinds]
        path = folder / ("development.jsonl" if batch == 3 else f"training/{batch}.jsonl")
        path.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    source = MessageVectors(HashEncoder())
    train_emotion_model(folder, source, folder)
    return EmotionModel.load(folder, source.fingerprint), source


def test_a_saved_model_judges_as_before(tmp_path: Path) -> None:
    model, source = small_model(tmp_path / "one")
    model.save(tmp_path)
    again = EmotionModel.load(tmp_path, source.fingerprint)
    evidence = Evidence(Lexicon.load(tmp_path / "one" / "lexicon.tsv"), "太慢了")
    vector = source.encode(["太慢了"])[0]
    assert again.judge(evidence, vector) == model.judge(evidence, vector)
    assert sum(model.judge(evidence, vector).labels.values()) == pytest.approx(1)


def test_changed_lines_train_anew(tmp_path: Path) -> None:
    first, source = small_model(tmp_path)
    path = tmp_path / "training" / "0.jsonl"
    path.write_text(path.read_text("utf-8").replace("calmnone0", "再来一句"), "utf-8")
    train_emotion_model(tmp_path, source, tmp_path)
    assert EmotionModel.load(tmp_path, source.fingerprint).digest != first.digest


@pytest.mark.parametrize("content", ["", "{}", '{"features": 1}', "[]", "nonsense"])
def test_an_unreadable_model_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "emotion.json").write_text(content, "utf-8")
    with pytest.raises((ConfigurationError, ArtefactMismatch), match="bot nlu train"):
        EmotionModel.load(tmp_path, "x")


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "{}",
        '{"text": "a", "emotion": "happy", "risk": "none"}',
        '{"text": "a", "emotion": "calm"}',
    ],
)
def test_a_bad_training_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(line + "\n", "utf-8")
    with pytest.raises(ConfigurationError, match="line 1"):
        read_examples(path)


@pytest.mark.parametrize(
    "text", ["密码想不起来了，咋登进去", "qwert zxcvb", "想不起密码了", "怎么找回密码", "怎么退货"]
)
def test_what_is_asked_every_day_is_no_risk(detector: EmotionDetector, text: str) -> None:
    assert detector.detect(text).risk == "none"


def test_few_questions_of_the_faq_are_taken_for_a_risk(detector: EmotionDetector) -> None:
    assert not ABOUT_A_RISK - {entry.id for entry in ENTRIES}
    asked = [
        (text, n)
        for entry in ENTRIES
        if entry.id not in ABOUT_A_RISK
        for n, text in enumerate(entry.questions)
    ]
    found = [detector.detect(text).risk for text, _ in asked]
    assert len(asked) > 5000
    assert sum(risk == "self_harm" for risk in found) <= 3
    assert sum(risk != "none" for risk in found) <= 0.007 * len(asked)
    # Every second question, from the first on, is trained on.
    unseen = [risk for risk, (_, n) in zip(found, asked, strict=True) if n % 2]
    assert sum(risk != "none" for risk in unseen) <= 0.012 * len(unseen)
