"""Recorders of layer kinds: a package a subject, which draws random layers and runs them in each framework."""
