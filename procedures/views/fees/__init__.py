"""Sets of fees: drafted by one person, published by another."""
