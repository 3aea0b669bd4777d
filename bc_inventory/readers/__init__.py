"""Read publishers' files into contract tables; one module per format."""
