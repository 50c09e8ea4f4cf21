"""PDF pages from HTML templates, in whatever scripts people's names are written."""

from app.adapters.pdf.qr import qr_png_data_uri
from app.adapters.pdf.rendering import PdfError, render_pdf

__all__ = ["PdfError", "qr_png_data_uri", "render_pdf"]
