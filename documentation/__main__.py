"""Put the pages of the site together: `python -m documentation` writes the folder that mkdocs reads."""

from documentation.pages import write_pages

if __name__ == "__main__":
    write_pages()
