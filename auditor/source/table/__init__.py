"""One's own table: delimited text or Parquet, its columns, its values, its refusals."""
