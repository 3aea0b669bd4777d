"""What emissions mean for ice, people and climate."""
