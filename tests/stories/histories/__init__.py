"""Random histories: what people may do at each moment is drawn, and done; see `machine.py`."""
