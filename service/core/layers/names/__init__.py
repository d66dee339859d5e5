"""Layer names as each framework's users write them: one file a framework, each with its VOCABULARIES.

`layer_name` says what a row holds, `conversions` turns values into ours, `lookup` finds what a name means, `neighbours`
what a misspelt one probably means. Another name is one row; a new framework's file is found by itself.
"""
