"""Layers under the names that frameworks have for them, with random arguments in the framework's own words.

One file a framework: what it draws, and how it runs that. `draws` holds what they share.
"""
