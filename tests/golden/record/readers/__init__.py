"""Models in the files that their frameworks write, with the shapes that every layer had when they ran."""
