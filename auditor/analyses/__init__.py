"""One module per small analysis, one package (with `analysis.py`) per large one; recommendation is one."""
