"""The evaluation as one HTML page: shares with their intervals, and what was taken for what."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from bot.intervals import Interval, wilson
from bot.nlu.score import Score

_TITLES = {"intent": "意图", "emotion": "情绪", "risk": "风险", "human": "转人工"}
_LABELS = {"true": "要转人工", "false": "不要转人工", "none": "无风险"}
_SHOWN = 40
_WIDTH, _ROW, _LEFT = 620, 22, 170
_STYLE = """
body{font:15px/1.6 system-ui,"Noto Sans SC",sans-serif;max-width:980px;
  margin:2rem auto;padding:0 1rem;color:#1c2b33}
h1{font-size:1.5rem}h2{margin-top:2.5rem;border-bottom:1px solid #d5dde2}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}td,th{padding:.15rem .6rem;text-align:left}
td.n,th.n{text-align:right}.scroll{overflow-x:auto}
.matrix td{min-width:2rem;text-align:center;padding:.1rem .3rem}
.matrix th{font-weight:400;font-size:.8rem}svg{max-width:100%;height:auto}.note{color:#52636d}
"""


def report_page(scores: Mapping[str, Score], source: str) -> str:
    """A page that needs nothing else; `source` names the file of labelled lines."""
    parts = [_section(name, score) for name, score in scores.items()]
    return (
        '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>语言理解评测</title>'
        f"<style>{_STYLE}</style><h1>语言理解评测</h1>"
        f'<p class="note">数据：{escape(source)}。区间均为 95 %：比例用 Wilson 区间，'
        "宏平均 F1 用 1,000 次自助抽样。</p>"
        f"{''.join(parts)}</html>\n"
    )


def _section(name: str, score: Score) -> str:
    accuracy = _share(score.accuracy, wilson(score.accuracy, score.n))
    macro = _share(score.macro_f1, score.macro_f1_interval)
    return (
        f"<h2>{_TITLES[name]}</h2><p>{score.n} 句；准确率 {accuracy}；宏平均 F1 {macro}。</p>"
        f"{_bars(score)}{_matrix(score)}{_confusions(score)}"
    )


def _share(value: float, interval: Interval) -> str:
    return f"{value:.3f}（{interval[0]:.3f}–{interval[1]:.3f}）"


def _bars(score: Score) -> str:
    """Recall (dark) and precision (light) of every label, each with its interval as a line."""
    rows = []
    labels = [(label, one) for label, one in score.labels.items() if one.n]
    for number, (label, one) in enumerate(sorted(labels, key=lambda item: item[1].f1)):
        top = number * _ROW
        described = f"{_label(label)}：召回 {one.recall:.3f}，精确 {one.precision:.3f}，{one.n} 句"
        rows.append(
            f"<g><title>{described}</title>"
            f'<text x="{_LEFT - 8}" y="{top + 15}" text-anchor="end" font-size="12">{_label(label)}</text>'
            f"{_bar(top + 3, one.recall, wilson(one.recall, one.n), '#1f6f8b')}"
            f"{_bar(top + 12, one.precision, wilson(one.precision, one.predicted), '#9cc5d3')}</g>"
        )
    height = len(labels) * _ROW + 4
    return (
        '<p class="note">深色：召回率；浅色：精确率；细线：95 % 区间。最弱的在上。</p>'
        f'<svg viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" role="img" '
        f'aria-label="各类的召回率与精确率">{"".join(rows)}</svg>'
    )


def _bar(top: int, share: float, interval: Interval, colour: str) -> str:
    scale = _WIDTH - _LEFT - 10
    low, high = (_LEFT + end * scale for end in interval)
    return (
        f'<rect x="{_LEFT}" y="{top}" width="{share * scale:.1f}" height="8" fill="{colour}"/>'
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{top + 4}" y2="{top + 4}" stroke="#33444d"/>'
    )


def _matrix(score: Score) -> str:
    labels = list(score.labels)
    head = "".join(f"<th>{_label(label)}</th>" for label in labels)
    rows = []
    for truth in labels:
        n = max(score.labels[truth].n, 1)
        cells = []
        for guess in labels:
            count = score.pairs.get((truth, guess), 0)
            hue = "31,111,139" if truth == guess else "200,70,40"
            cells.append(f'<td style="background:rgba({hue},{min(1, count / n):.2f})">{count or ""}</td>')
        rows.append(f"<tr><th>{_label(truth)}</th>{''.join(cells)}</tr>")
    return (
        '<details><summary>混淆矩阵（行：应为；列：判为）</summary><div class="scroll">'
        f'<table class="matrix"><tr><th></th>{head}</tr>{"".join(rows)}</table></div></details>'
    )


def _confusions(score: Score) -> str:
    if not score.confusions:
        return "<p>没有判错的句子。</p>"
    rows = "".join(
        f'<tr><td>{_label(truth)}</td><td>{_label(guess)}</td><td class="n">{count}</td></tr>'
        for truth, guess, count in score.confusions[:_SHOWN]
    )
    return (
        "<table><caption>最常见的混淆</caption>"
        f'<tr><th>应为</th><th>判为</th><th class="n">句数</th></tr>{rows}</table>'
    )


def _label(label: str) -> str:
    return escape(_LABELS.get(label, label))
