"""Midnight at the end of a day, which ISO 8601 (before 2019) and many loggers write 24:00."""

from __future__ import annotations

import pandas as pd

__all__ = ["end_of_day"]

_TWENTY_FOUR = r"(?<=[ T])24(?=:00(?::00(?:\.0+)?)?(?:Z|[+-]\d|$))"


def end_of_day(text: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return texts of moments with 24:00 as 00:00, and by how much each of these is too early.

    Parameters
    ----------
    text : pandas.Series of str
        Date and time, separated by a blank or `T`; 24:01 isn't a time and stays as it is.

    Returns
    -------
    pandas.Series of str
    pandas.Series of timedelta
        One day where the text had 24:00, else none.

    Examples
    --------
    >>> text, late = end_of_day(pd.Series(["2018-02-28 24:00", "2018-03-01 01:00"]))
    >>> (pd.to_datetime(text) + late).astype(str).tolist()
    ['2018-03-01 00:00:00', '2018-03-01 01:00:00']
    """
    late = text.str.contains(_TWENTY_FOUR)
    return text.str.replace(_TWENTY_FOUR, "00", regex=True), pd.to_timedelta(
        late.astype(int), unit="D"
    )
