"""The documentation for partners: Markdown of `docs/partners`, shown with the reader's own IDs in its examples."""
