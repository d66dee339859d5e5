"""What answers say in other languages."""
