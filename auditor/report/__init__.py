"""Renderings of a document: sections, html, text, csv, json; comparison of documents."""
