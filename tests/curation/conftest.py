"""Makers run once for all tests of curation."""

import pytest

from curation.maker import Roots
from curation.registry import MAKERS
from curation.status import embedded_tables, rebuild


@pytest.fixture(scope="session")
def roots(shared):
    return Roots(shared=shared)


@pytest.fixture(scope="session")
def tables():
    return embedded_tables(Roots())


@pytest.fixture(scope="session")
def rebuilt(roots):
    return rebuild(MAKERS, roots)
