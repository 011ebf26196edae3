"""Names of the files in a bundle; `bundle` describes them."""

MANIFEST_FILE = "manifest.json"
GOLDEN_FILE = "golden.npz"
CARD_FILE = "model_card.md"
EXAMPLES_FOLDER = "examples"
