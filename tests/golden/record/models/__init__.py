"""Real models, said whole in their framework's own words, with what was measured while they ran."""
