"""What linters of descriptions say of openapi.yaml: nothing."""

from tests.generated.generators import FOLDER, NODE, OPENAPI, output


def test_redocly_has_nothing_to_say() -> None:
    """Of its strict rules; `redocly.yaml` says which of them are wrong here."""
    output(NODE / "redocly", "lint", "--config", FOLDER / "redocly.yaml", OPENAPI, REDOCLY_TELEMETRY="off")


def test_spectral_has_nothing_to_say() -> None:
    output(NODE / "spectral", "lint", "--ruleset", FOLDER / "spectral.yaml", "--fail-severity", "hint", OPENAPI)
