"""考核指标: the rates of units for a period, and the tickets behind each number."""
