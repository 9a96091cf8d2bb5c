"""One audit: request, context, results, its steps, its document."""
