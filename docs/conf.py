"""How Sphinx builds the documentation."""

import re
from importlib.metadata import version as installed_version
from typing import Any

from sphinx.application import Sphinx
from sphinx.search import languages
from sphinx.search.en import SearchEnglish

project = "partyrules"
author = "the partyrules authors"
copyright = author  # noqa: A001 - the name Sphinx reads
version = release = installed_version("partyrules")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

autodoc_default_options = {"members": True, "exclude-members": "id, wire"}
autodoc_member_order = "bysource"
autodoc_typehints = "description"
# A default is shown as it is written, not as what it comes to.
autodoc_preserve_defaults = True

html_theme = "furo"
html_title = f"partyrules {release}"
html_static_path = ["_static"]
html_css_files = ["wide.css"]

# What is copied of a console is what was typed, neither prompt nor answer.
copybutton_prompt_text = r"\$ |> |>>> "
copybutton_prompt_is_regexp = True
copybutton_line_continuation_character = "\\"


class SearchBoth(SearchEnglish):
    """Search in English words and in Chinese, of which two neighbouring characters are a word."""

    lang = "both"
    js_splitter_code = """
function splitQuery(query) {
  const words = query.split(/[^\\p{Letter}\\p{Number}_]+/u).flatMap((word) => {
    const parts = word.match(/[\\u4e00-\\u9fff]+|[^\\u4e00-\\u9fff]+/gu) || [];
    return parts.flatMap((part) =>
      /[\\u4e00-\\u9fff]/.test(part) && part.length > 2
        ? Array.from({length: part.length - 1}, (_, at) => part.slice(at, at + 2))
        : [part]);
  });
  return words.filter((word) => word);
}
"""

    def split(self, input: str) -> list[str]:  # noqa: A002 - as Sphinx calls it
        """Return the words of a text."""
        words = re.findall(r"[\u4e00-\u9fff]+|[^\W\u4e00-\u9fff]+", input)
        pairs = [word[at : at + 2] for word in words if word > "\u4e00" for at in range(max(len(word) - 1, 1))]
        return [word for word in words if word < "\u4e00"] + pairs

    def word_filter(self, word: str) -> bool:
        """Tell whether a word is worth finding."""
        return word > "\u4e00" or super().word_filter(word)


languages[SearchBoth.lang] = SearchBoth
html_search_language = SearchBoth.lang


def as_written(*said: Any) -> tuple[str, str] | None:
    """Return a signature whose defaults are those of attrs without the names that attrs has for them."""
    signature, returned = said[-2:]
    if signature is None:
        return None
    plain = re.sub(r"=(?:attr_dict\[\S+?\]\.default|NOTHING)", "=…", signature)
    return plain.replace("(*args, **kwargs)", ""), returned


def setup(app: Sphinx) -> None:
    """Register what is done with each signature."""
    app.connect("autodoc-process-signature", as_written)
