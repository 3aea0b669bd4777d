"""Every file of the publishers is read or refused with a reason, and the page says which."""

import importlib.util
import sys

import pytest

ACTIVITY = (
    *("eurostat-energy", "unfccc-co2-annex1", "nbs-population-by-province", "tno-", "worldbank-"),
    *("cement-", "energy-institute-", "fernandes-", "gains-emf30-activity", "shipping-"),
    *("cui-2021-", "china-energy-", "ceads-"),
)


@pytest.fixture(scope="module")
def tool(root):
    spec = importlib.util.spec_from_file_location(
        "formats_table", root / "tools" / "formats_table.py"
    )
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found(tool, shared):
    return list(tool.outcomes(shared / "data"))


@pytest.mark.shared
@pytest.mark.slow
def test_every_file_is_read_or_refused_with_a_reason_that_names_it(found):
    outcomes = found
    assert len(outcomes) > 470
    for outcome in outcomes:
        if outcome.report is None:
            assert outcome.name in outcome.reason
        else:
            assert outcome.report.rows > 0
            assert outcome.report.years or outcome.report.format == "regions"
    refused = {outcome.name for outcome in outcomes if outcome.report is None}
    assert "Emissions_MappingTable.xlsx" in refused
    inventories = [o for o in outcomes if o.folder.startswith(("emep", "reas", "edgar", "ceds"))]
    assert {o.name for o in inventories if o.report is None} == {"Emissions_MappingTable.xlsx"}
    activity = [o for o in outcomes if o.folder.startswith(ACTIVITY)]
    assert sum(o.report is not None for o in activity) >= 73
    assert {o.name for o in activity if o.report is None} == {
        *("emf-30_ctry_map.csv", "fu04.xls", "fu04e.xls")
    }


@pytest.mark.shared
@pytest.mark.slow
def test_the_page_is_current(found, tool, root):
    page = (root / "docs" / "formats.md").read_text(encoding="utf-8")
    assert page == tool.table(found), "run python tools/formats_table.py"
