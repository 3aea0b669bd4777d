"""A second Monte Carlo engine, in plain numpy: no line of the package is used here.

It reads the columns of the emission table as docs/methods.md explains them and draws with a
generator of its own.
"""

import numpy as np
from scipy.special import expit, ndtr

_SPLIT = ["year", "region", "nfr", "fuel", "activity_id", "factor_set"]
_NAMES = {
    "activity": ["activity_id"],
    "local": ["statistics_source", "driver", "region", "source_sector"],
    "conversion": ["conversion"],
    "factor": ["factor_id"],
    "share": ["share_scope", "nfr", "fuel", "share_technology"],
    "abatement": ["abatement_scope", "abatement_nfr", "abatement_fuel", "abatement_technology"],
}


def draw_total(rows, draws, seed):
    """Draw the sum of the emissions of rows, kt; shape (draws,)."""
    random = np.random.default_rng(seed)
    made = rows["emission_kt"].to_numpy()[:, None] * np.ones(draws)
    for part, columns in _NAMES.items():
        keys = rows[columns].astype(object).where(rows[columns].notna(), None)
        names = [":".join(str(word) for word in key if word is not None) for key in keys.to_numpy()]
        scores = {name: random.standard_normal(draws) for name in dict.fromkeys(names)}
        if part == "share":
            made *= _shares(rows, names, scores)
        elif part == "abatement":
            made *= _left(rows, names, scores)
        else:
            made *= _plain(rows, part, names, scores, random)
    return made.sum(axis=0)


def _plain(rows, part, names, scores, random):
    made = np.empty((len(rows), len(next(iter(scores.values())))))
    sigma, skew = (rows[f"{word}_{part}"].fillna(0.0).to_numpy() for word in ("sigma", "skew"))
    column = f"split_{part}"
    splits = rows[column].to_numpy(dtype=object) if column in rows else np.full(len(rows), None)
    known = {}
    for number, (name, split) in enumerate(zip(names, splits, strict=True)):
        if isinstance(split, str):
            if split not in known:
                known[split] = _members(split, scores, random)
            made[number] = known[split][name]
            continue
        below, above = sigma[number] * (1 - skew[number]), sigma[number] * (1 + skew[number])
        score = scores[name]
        mean = np.exp(below**2 / 2) * ndtr(-below) + np.exp(above**2 / 2) * ndtr(above)
        made[number] = np.exp(score * np.where(score > 0, above, below)) / mean
    return made


def _members(text, scores, random):
    weights, shares = {}, {}
    for word in text.split(";"):
        name, numbers = word.rsplit("=", 1)
        share, weight, deviation = map(float, numbers.split(","))
        if name not in scores:
            scores[name] = random.standard_normal(len(next(iter(scores.values()))))
        weights[name], shares[name] = weight * np.exp(deviation * scores[name]), share
    whole = sum(weights.values())
    return {name: weight / whole / shares[name] for name, weight in weights.items() if shares[name]}


def _shares(rows, names, scores):
    sigma, weight, share = (
        rows[name].fillna(0.0).to_numpy() for name in ("sigma_share", "share_weight", "share")
    )
    drawn = np.stack([scores[name] for name in names]) * sigma[:, None]
    drawn = np.exp(drawn) * weight[:, None]
    split = rows.groupby(_SPLIT, dropna=False).ngroup().to_numpy()
    whole = np.zeros((split.max() + 1, drawn.shape[1]))
    np.add.at(whole, split, drawn)
    before = np.bincount(split, share)
    return drawn / whole[split] * before[split][:, None] / share[:, None]


def _left(rows, names, scores):
    made = np.empty((len(rows), len(next(iter(scores.values())))))
    known = {}
    nodes = np.linspace(-7, 7, 701)
    density = np.exp(-(nodes**2) / 2)
    density /= density.sum()
    left, sigma = 1 - rows["abatement"].to_numpy(), rows["sigma_abatement"].fillna(0.0).to_numpy()
    for number, name in enumerate(names):
        mean, deviation = left[number], sigma[number]
        if not deviation or not 0 < mean < 1:
            made[number] = 1.0
            continue
        key = (mean, deviation)
        if key not in known:
            low, high = -60.0, 60.0
            for _ in range(70):
                middle = (low + high) / 2
                small = expit(middle + deviation * nodes) @ density < mean
                low, high = (middle, high) if small else (low, middle)
            known[key] = (low + high) / 2
        made[number] = expit(known[key] + deviation * scores[name]) / mean
    return made
