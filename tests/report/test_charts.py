"""Charts: labels keep words and numbers whole, marks stay apart."""

import re

import numpy as np

from bc_inventory.report.charts import Series, lines
from bc_inventory.report.i18n import Both
from bc_inventory.report.maps import _apart
from bc_inventory.report.svg import wrapped


def spans(text, room):
    made = str(wrapped(0, 0, Both("x", text), room))
    return re.findall(r"<tspan[^>]*>([^<]*)</tspan>", made.split('lang="zh"')[1])


def test_chinese_labels_break_between_characters_and_keep_numbers_whole():
    assert spans("北极圈：北极圈以南500公里内", 130) == ["北极圈：北极圈以南500", "公里内"]
    assert spans("亚洲冰川：距冰川格网100公里内", 130) == ["亚洲冰川：距冰川格网", "100公里内"]


def test_no_line_begins_with_a_closing_mark():
    assert spans("柴油车和机械加装，颗粒", 8 * 12) == ["柴油车和机械加装，", "颗粒"]


def test_numbered_marks_are_pushed_apart_and_stay_on_the_map():
    points = np.array([[100.0, 100.0], [100.0, 100.0], [104.0, 101.0], [3.0, 3.0]])
    made = _apart(points, (520.0, 400.0))
    gap = np.hypot(*(made[:, None] - made[None, :]).transpose(2, 0, 1))
    assert gap[np.triu_indices(len(made), 1)].min() > 16.5
    assert made.min() >= 8.5
    assert (_apart(points, (520.0, 400.0)) == made).all()


def test_intervals_of_one_year_stand_side_by_side():
    series = [
        Series(name, ((2018, 10.0 * place, 5.0, 50.0),)) for place, name in enumerate("abc", 1)
    ]
    drawn = str(lines(series, Both("t", "t"), Both("d", "d")))
    at = [float(x) for x in re.findall(r'd="M([\d.]+) [\d.]+V', drawn)]
    assert len(set(at)) == 3
    assert min(np.diff(sorted(at))) >= 8
