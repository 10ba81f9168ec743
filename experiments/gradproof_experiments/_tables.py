"""Tables as bytes for programs and as text for readers."""

import io
import math

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from .item import Table

__all__ = ["cell_text", "csv_bytes", "headings", "is_numeric", "parquet_bytes"]


def csv_bytes(frame: pd.DataFrame) -> bytes:
    r"""CSV with a head, UTF-8, lines that end the same everywhere.

    Examples
    --------
    >>> csv_bytes(pd.DataFrame({"n": [1], "rms": [0.5]}))
    b'n,rms\n1,0.5\n'
    """
    return frame.to_csv(index=False, lineterminator="\n").encode()


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Parquet with plain columns: no index, no metadata of pandas, and no compression that a CPU could do its own way.

    Raises
    ------
    ValueError
        If a column holds values of several types.

    Examples
    --------
    >>> content = parquet_bytes(pd.DataFrame({"n": [1], "rms": [0.5]}))
    >>> pq.read_table(io.BytesIO(content)).to_pydict()
    {'n': [1], 'rms': [0.5]}
    """
    try:
        table = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        kinds = {name: sorted({type(v).__name__ for v in frame[name]}) for name in frame.columns}
        mixed = {name: found for name, found in kinds.items() if len(found) > 1}
        raise ValueError(
            f"every column must hold values of one type; got {mixed} ({error}). Give mixed columns as text."
        ) from error
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="none", store_schema=False)
    return buffer.getvalue()


def headings(table: Table) -> list[str]:
    """Heading of each column, in order.

    Raises
    ------
    ValueError
        If a heading or a code column is named that the table does not have.
    """
    unknown = sorted({*table.headings, *table.code} - set(table.frame.columns))
    if unknown:
        raise ValueError(
            f"headings and code must name columns of table {table.name}; got {unknown}, "
            f"and the columns are {list(table.frame.columns)}. Correct the names."
        )
    return [table.headings.get(name, str(name)) for name in table.frame.columns]


def is_numeric(column: "pd.Series[float]") -> bool:
    """Whether a column holds numbers, which stand to the right."""
    return column.dtype.kind in "fiu"


def cell_text(value: object) -> str:
    """One value as a reader sees it: nothing for what is missing, yes and no for booleans.

    Examples
    --------
    >>> [cell_text(value) for value in (0.25, float("nan"), None, True, "a", 3, math.inf)]
    ['0.25', '', '', 'yes', 'a', '3', 'inf']
    """
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool) or type(value).__name__ == "bool":  # NumPy's own has the same name
        return "yes" if value else "no"
    return f"{value:.10g}" if isinstance(value, float) else str(value)
