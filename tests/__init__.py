"""Tests of the project, in folders as the package has them."""
