"""Operators, reductions, products, lookups and functional forms: random ones, and what each framework makes of them."""
