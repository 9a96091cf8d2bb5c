"""Getting published files: which addresses are asked, what arrives, and whether it is what it should be."""
