"""What htmx saves a page for: the parts that the server sends, and what people notice of it in a browser."""
