"""How `make docs` builds these pages: Sphinx, MyST and furo, without any network, warnings as errors."""

import sys
from pathlib import Path

import gradproof

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "gradproof"
author = "gradproof developers"
copyright = author  # noqa: A001  Sphinx's name for it
version = release = gradproof.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    # in _ext/
    "accessible",
    "docstrings",
    "figures",
    "generated",
    "mathml",
]
exclude_patterns = ["_build", "_ext", "_figures/*.md"]
nitpicky = True

# --- pages ---------------------------------------------------------------------------------------------------------

myst_enable_extensions = ["dollarmath", "colon_fence", "fieldlist"]
myst_heading_anchors = 3  # links to a heading of another page, as GitHub makes them
myst_dmath_allow_labels = False
suppress_warnings = ["myst.header"]  # a page that is included by another starts at the second level

# --- docstrings ----------------------------------------------------------------------------------------------------

autodoc_member_order = "bysource"
# The docstrings give type, shape and dtype of every parameter; hints would say it again, and less.
autodoc_typehints = "none"
# Fields rather than one `:param:` each: their types are prose ("float array, shape (n,)"), not names to look up.
napoleon_use_param = False
napoleon_use_rtype = False
napoleon_custom_sections = [("Attributes", "params_style")]
napoleon_google_docstring = False
# `Entry` in a docstring links to what is described, and is code where it names a parameter: see _ext/docstrings.py.
default_role = "py:obj"
# Named in docstrings and described elsewhere; to link there, the build would have to ask the network.
nitpick_ignore = [("py:exc", "numpy.linalg.LinAlgError"), ("py:class", "collections.abc.Sequence")]

# --- HTML ----------------------------------------------------------------------------------------------------------

html_theme = "furo"
html_title = f"gradproof {release}"
html_static_path = ["_static"]
html_css_files = ["gradproof.css"]
html_extra_path = ["report.schema.json"]
html_math_renderer = "mathml"  # MathJax would be loaded from a server by everyone who reads
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_last_updated_fmt = None  # the same sources give the same files
html_theme_options = {"navigation_with_keys": True}
