"""The inventory once more, from the CSV files alone: no line of the package is used here.

A row is activity x share x factor x (1 - abatement); the facts of each are looked up by what the
row says it rests on, and joined here in plain Python.
"""

import csv
from functools import cache
from math import erf, exp, log, sqrt

_Z95 = 1.959963984540054
# To kt, m3, TJ and TJ gross.
_QUANTITY = {"1e4 t": 10.0, "kt": 1.0, "Mt": 1e3, "1e8 m3": 1e8, "bcm": 1e9, "TJ": 1.0,
             "PJ": 1e3, "TJ_GCV": 1.0}  # fmt: skip
# TJ per kt, TJ per m3 and TJ per TJ gross.
_CONTENT = {"MJ/kg": 1.0, "MJ/m3": 1e-6, "TJ/TJ_GCV": 1.0}
_CONTENT_OF = {"1e4 t": "MJ/kg", "kt": "MJ/kg", "Mt": "MJ/kg", "1e8 m3": "MJ/m3", "bcm": "MJ/m3",
               "TJ_GCV": "TJ/TJ_GCV"}  # fmt: skip


class Facts:
    """The CSV files of a folder."""

    def __init__(self, folder):
        self.folder = folder
        self._regions = {row["region"]: row for row in self.rows("regions")}
        self._kinds = {row["fuel"]: row["kind"] for row in self.rows("fuels")}

    @cache  # noqa: B019
    def rows(self, name):
        with (self.folder / f"{name}.csv").open(encoding="utf-8") as stream:
            return list(csv.DictReader(stream))

    def scopes(self, region):
        """Return what a row may hold for, the narrowest first."""
        row = self._regions[region]
        return [region, row["group"], row["side"], "*"]

    def narrowest(self, rows, region):
        for scope in self.scopes(region):
            found = [row for row in rows if row["scope"] == scope]
            if found:
                return found
        return []

    def emission(self, row):
        """Return the emission of a row, kt; None where what it rests on isn't looked up here."""
        activity = self._activity(row)
        if activity is None:
            return None
        quantity, unit = activity
        shares = [
            one for one in self.rows("technology_shares")
            if (one["scope"], one["nfr"], one["fuel"], one["technology"])
            == (row.share_scope, row.nfr, row.fuel, row.share_technology)
        ]  # fmt: skip
        (factor,) = (r for r in self.rows("emission_factors") if r["factor_id"] == row.factor_id)
        per = _expected(factor)
        if factor["unit"] == "g/GJ":
            assert unit == "TJ"
            mass = quantity * per * 1e-6  # GJ in a TJ over g in a kt
        else:
            burnt = quantity / self._content(row, "MJ/kg") if unit == "TJ" else quantity
            mass = burnt * per * 1e-3
        removed = 0.0 if factor["controls_included"] == "true" else self._removed(row)
        return mass * _at(shares, row.year, "share") * (1.0 - removed)

    def _activity(self, row):
        national = [
            one for one in self.rows("activity_national")
            if (one["activity_id"], one["nfr"], one["fuel"])
            == (row.activity_id, row.nfr, row.fuel)
        ]  # fmt: skip
        if national:
            quantity = _at(national, row.year, "quantity")
            if national[0]["scope"] != row.region:
                quantity *= self._driver(national[0]["driver"], row.region, row.year)
            return self._canonical(row, quantity, national[0]["unit"], None)
        total, unit = 0.0, None
        for figure in self.rows(f"activity/{row.side.lower()}_{row.year}"):
            if figure["region"] != row.region or not figure["quantity"]:
                continue
            of_figure = [
                one for one in self.rows("activity_mapping")
                if (one["source_sector"], one["source_fuel"])
                == (figure["source_sector"], figure["source_fuel"])
            ]  # fmt: skip
            mine = [
                one for one in self.narrowest(of_figure, row.region)
                if (one["mapping_id"], one["nfr"], one["fuel"])
                == (row.activity_id, row.nfr, row.fuel)
            ]  # fmt: skip
            if mine:
                quantity = float(figure["quantity"]) * _at(mine, row.year, "share")
                made, unit = self._canonical(row, quantity, figure["unit"], figure["quantity_kind"])
                total += made
        return (total, unit) if unit else None

    def _canonical(self, row, quantity, unit, kind):
        amount = quantity * _QUANTITY[unit]
        if self._kinds[row.fuel] in {"waste", "product"}:
            return amount, "kt"
        if kind == "co2_mass":
            (co2,) = (one for one in self.rows("co2_factors") if one["fuel"] == row.fuel)
            return amount / (_expected(co2) * 1e-3), "TJ"
        if unit in {"TJ", "PJ"}:
            return amount, "TJ"
        return amount * self._content(row, _CONTENT_OF[unit]), "TJ"

    def _content(self, row, unit):
        fits = [
            one for one in self.rows("calorific_values")
            if one["fuel"] == row.fuel and one["unit"] == unit
        ]  # fmt: skip
        (found,) = self.narrowest(fits, row.region)
        return _expected(found) * _CONTENT[unit]

    def _driver(self, driver, region, year):
        of_driver = [one for one in self.rows("region_shares") if one["driver"] == driver]
        given = min({int(one["year"]) for one in of_driver}, key=lambda y: (abs(y - year), y))
        return sum(
            float(one["share"]) for one in of_driver
            if one["region"] == region and int(one["year"]) == given
        )  # fmt: skip

    def _removed(self, row):
        if not isinstance(row.abatement_scope, str):
            return 0.0
        stated = [
            one for one in self.rows("penetration")
            if (one["scope"], one["nfr"], one["fuel"], one["technology"])
            == (row.abatement_scope, row.abatement_nfr, row.abatement_fuel,
                row.abatement_technology)
        ]  # fmt: skip
        efficiency = {one["control"]: float(one["efficiency"]) for one in self.rows("abatement")}
        return sum(
            efficiency[control]
            * _at([one for one in stated if one["control"] == control], row.year, "penetration")
            for control in {one["control"] for one in stated}
        )


def _at(rows, year, name):
    """Return a value between anchor years; outside them that of the nearest."""
    anchors = sorted((int(one["year"]), float(one[name])) for one in rows)
    before = [anchor for anchor in anchors if anchor[0] <= year]
    after = [anchor for anchor in anchors if anchor[0] >= year]
    if not before or not after:
        return (before or after)[-1 if before else 0][1]
    (start, low), (end, high) = before[-1], after[0]
    return low if start == end else low + (high - low) * (year - start) / (end - start)


def _expected(row):
    """Return the mean of a factor: its value, or that of a split lognormal around a median."""
    value = float(row["value"])
    if row.get("value_kind", "mean") == "mean":
        return value
    below = log(value / float(row["value_lower"])) / _Z95
    above = log(float(row["value_upper"]) / value) / _Z95
    return value * (exp(below**2 / 2) * _normal(-below) + exp(above**2 / 2) * _normal(above))


def _normal(score):
    return (1 + erf(score / sqrt(2))) / 2
