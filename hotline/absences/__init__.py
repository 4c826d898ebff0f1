"""外出代办: who is away, and who is told in their stead."""
