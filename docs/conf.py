"""How Sphinx builds the documentation."""

from importlib.metadata import version as installed_version

project = "partyrules"
author = "the partyrules authors"
copyright = author  # noqa: A001 - the name Sphinx reads
version = release = installed_version("partyrules")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

autodoc_default_options = {"members": True, "exclude-members": "id, wire"}
autodoc_member_order = "bysource"
autodoc_typehints = "description"

html_theme = "furo"
html_title = f"partyrules {release}"
