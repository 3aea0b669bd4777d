"""The facts that processing rests on, read once from `data/monitoring/`."""

from __future__ import annotations

import pandas as pd

from bc_inventory import schema
from bc_inventory.errors import ConfigError, Problem, suggest
from bc_inventory.reference.paths import data_root, per_root

__all__ = ["choose", "facts"]


@per_root
def facts(name: str) -> pd.DataFrame:
    """Return one table of facts, checked; don't change it.

    Parameters
    ----------
    name : str
        Contract and file name, such as `channels`.
    """
    return schema.read_csv(data_root() / "monitoring" / f"{name}.csv", name)


def choose(name: str, column: str, wanted: str, parameter: str) -> pd.DataFrame:
    """Return the rows of a table whose `column` is `wanted`.

    Parameters
    ----------
    name : str
        Table.
    column : str
        Column looked in.
    wanted : str
        Value looked for.
    parameter : str
        What the user gave it as, for the message.

    Raises
    ------
    ConfigError
        If there is none; the message names the nearest and all.
    """
    table = facts(name)
    rows = table[table[column] == wanted]
    if rows.empty:
        known = sorted(table[column].unique().tolist())
        raise ConfigError(
            [
                Problem(
                    f"{parameter}={wanted!r}",
                    f"one of {', '.join(known)}",
                    column=parameter,
                    remedy=suggest(str(wanted), known),
                )
            ]
        )
    return rows
